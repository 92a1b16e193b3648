// Certificates: an authority of a test's own, and what it signs, as PEM files.
#ifndef HEARTH_TEST_PLUGINS_NET_CERTIFICATES_HPP
#define HEARTH_TEST_PLUGINS_NET_CERTIFICATES_HPP

#include <filesystem>
#include <memory>
#include <string>

namespace hearth::test {

struct Signed {
  std::string certificate, key;  // paths
};

// In a folder that goes with it.
class Authority {
 public:
  Authority();
  Authority(const Authority&) = delete;
  ~Authority();

  // For the given names, as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". `days` from now; negative: it
  // has ended. The key is encrypted if there is a passphrase.
  Signed sign(const std::string& file, const std::string& names, int days = 1,
              const std::string& passphrase = {});
  std::string certificate() const { return folder_ / "ca.pem"; }
  std::string path(const std::string& name) const { return folder_ / name; }

 private:
  struct Pair;
  std::filesystem::path folder_;
  std::unique_ptr<Pair> own_;
};

}  // namespace hearth::test

#endif
