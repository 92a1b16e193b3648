// Reads once, hashes while copying, renames into place.
#include "core/host/private_copy.hpp"

#include <Poco/SHA2Engine.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/system/unique_fd.hpp"

namespace hearth::core {

namespace {

Error failed(const std::string& what) { return {ErrorCode::kFailed, what + ": " + std::strerror(errno)}; }

// The content's digest in hex; `from` is copied to `to` on the way.
Result<std::string> copy_and_hash(int from, int to) {
  Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
  std::array<char, 65536> buffer;
  std::uint64_t total = 0;
  while (true) {
    const auto n = read(from, buffer.data(), buffer.size());
    if (n < 0) return failed("cannot be read");
    if (n == 0) return Poco::DigestEngine::digestToHex(hash.digest());
    total += static_cast<std::uint64_t>(n);
    if (total > kMaxPluginFile) return Error{ErrorCode::kInvalid, "larger than 64 MiB"};
    hash.update(buffer.data(), static_cast<std::size_t>(n));
    if (write(to, buffer.data(), static_cast<std::size_t>(n)) != n)
      return failed("no private copy could be written");
  }
}

}  // namespace

Result<std::filesystem::path> make_private_copy(const std::filesystem::path& file,
                                                const std::filesystem::path& folder) {
  const UniqueFd from(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (from.get() < 0) return failed("cannot be opened");
  struct stat status {};
  if (fstat(from.get(), &status) != 0) return failed("cannot be examined");
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kInvalid, "not a regular file"};
  if (static_cast<std::uint64_t>(status.st_size) > kMaxPluginFile)
    return Error{ErrorCode::kInvalid, "larger than 64 MiB"};

  std::string temporary = (folder / "new-XXXXXX").string();
  const UniqueFd to(mkostemp(temporary.data(), O_CLOEXEC));
  if (to.get() < 0) return failed("no private copy could be made in " + folder.string());
  const auto digest = copy_and_hash(from.get(), to.get());
  if (!digest.ok()) {
    unlink(temporary.c_str());
    return digest.error();
  }
  auto copy = folder / (*digest + ".so");
  if (fchmod(to.get(), 0500) != 0 || rename(temporary.c_str(), copy.c_str()) != 0) {
    unlink(temporary.c_str());
    return failed("no private copy could be made");
  }
  return copy;
}

}  // namespace hearth::core
