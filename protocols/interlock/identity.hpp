// Identity: what the server knows this machine by, and the token that it has given.
#ifndef HEARTH_INTERLOCK_IDENTITY_HPP
#define HEARTH_INTERLOCK_IDENTITY_HPP

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::interlock {

struct Identity {
  std::string machine_id, secret;
};

// identity.json and token.json, mode 0600, in one folder. What makes no sense counts as missing; `tell` hears
// why. All of it waits for a disk. [any, one call at a time]
class IdentityFiles {
 public:
  using Tell = std::function<void(std::string_view words)>;

  explicit IdentityFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // What the settings leave empty is made the first time, and kept. If it can't be kept it is made anew with
  // the next start.
  Identity identity(const Identity& settings, const Tell& tell) const;

  // Empty if there is none for this server and this machine.
  std::string token(std::string_view server, std::string_view machine_id, const Tell& tell) const;
  // An empty one is forgotten.
  Status keep_token(std::string_view server, std::string_view machine_id, std::string_view token) const;

 private:
  const std::filesystem::path folder_;
};

// A token that can be sent: 1 to 4,096 bytes.
bool is_token(std::string_view text);

// Words for the log of which strangers may have written a part: one line, of 300 bytes at most, in which the
// secrets are blotted out, plain and percent-encoded.
std::string harmless(std::string_view words, std::initializer_list<std::string_view> secrets);

}  // namespace hearth::interlock

#endif
