// Written beside, brought to the disk, put in the old one's place.
#include "private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "hearth/files.hpp"
#include "hearth/net/fd.hpp"
#include "hearth/net/json.hpp"

namespace hearth::interlock {

namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr mode_t kMode = 0600;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Error PrivateFile::failure(std::string_view what) const {
  const int error = errno;
  return {ErrorCode::kFailed, concat(path_.filename().string(), ": ", what, ": ", std::strerror(error))};
}

Result<std::optional<boost::json::object>> PrivateFile::read() const {
  const File file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ENOENT) return std::optional<boost::json::object>();
  struct stat status {};
  if (!file || ::fstat(file.fd(), &status) != 0) return failure("can't be read");
  const auto wrong = [this](std::string_view why) {
    return Error{ErrorCode::kInvalid, concat(path_.filename().string(), ": ", why)};
  };
  if (!S_ISREG(status.st_mode)) return wrong("no regular file");
  if ((status.st_mode & 077) != 0 && ::fchmod(file.fd(), kMode) != 0) return failure("others may read it");
  const auto text = file.read_all(kMostBytes);
  if (!text.ok()) return wrong(text.error().words);
  auto content = net::json::parse(*text);
  if (!content.ok()) return wrong(content.error().words);
  if (!content->is_object()) return wrong("no JSON object");
  return std::optional(std::move(content->get_object()));
}

Status PrivateFile::write(const boost::json::object& content) const {
  const auto beside = path_.string() + ".new";
  ::unlink(beside.c_str());  // of an attempt that the power has ended
  {
    const net::Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kMode));
    if (!file || !write_all(file.get(), net::json::to_text(content) + "\n") || ::fsync(file.get()) != 0)
      return failure("can't be written");
  }
  if (::rename(beside.c_str(), path_.c_str()) != 0) return failure("can't be put in place");
  const net::Fd folder(::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());
  return {};
}

Status PrivateFile::remove() const {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return failure("can't be removed");
  return {};
}

}  // namespace hearth::interlock
