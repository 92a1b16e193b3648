// UNIX stream sockets by path.
#include "core/control/control_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace hearth::core {
namespace {

constexpr mode_t kMode = 0660;
constexpr int kBacklog = 16;

std::string reason(int error) { return std::generic_category().message(error); }

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = path.native();
  if (text.size() >= sizeof address.sun_path)
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: a socket's path has at most {} bytes", text, sizeof address.sun_path - 1)};
  std::memcpy(address.sun_path, text.c_str(), text.size());
  return address;
}

int connect_status(int fd, const sockaddr_un& address) {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

// Makes the path free, if nobody lives there.
Status clear(const std::filesystem::path& path, const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode))
    return {ErrorCode::kFailed, fmt::format("{} is no socket; not touching it", path.native())};
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // EAGAIN: a server whose queue of connections is full lives too.
  const int status = connect_status(probe.get(), address);
  if (status != ECONNREFUSED && status != ENOENT)
    return {ErrorCode::kBusy, fmt::format("another hearthd is running: it answers at {}", path.native())};
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return {ErrorCode::kFailed, fmt::format("cannot remove the old {}: {}", path.native(), reason(errno))};
  return {};
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address.ok()) return address.error();
  const auto cleared = clear(path, *address);
  if (!cleared.ok()) return cleared.error();
  ListeningSocket socket;
  socket.fd_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.fd_) return Error{ErrorCode::kFailed, "no control socket: " + reason(errno)};
  // The mode is set on the socket before the file exists: it is never open to more people than it shall be.
  struct stat info {};
  if (::fchmod(socket.fd(), kMode) != 0 ||
      ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::chmod(path.c_str(), kMode) != 0 || ::lstat(path.c_str(), &info) != 0 ||
      ::listen(socket.fd(), kBacklog) != 0)
    return Error{ErrorCode::kFailed,
                 fmt::format("no control socket at {}: {}", path.native(), reason(errno))};
  socket.path_ = path;
  socket.inode_ = info.st_ino;
  return socket;
}

void ListeningSocket::close() {
  struct stat info {};
  if (fd_ && !path_.empty() && ::lstat(path_.c_str(), &info) == 0 && info.st_ino == inode_)
    ::unlink(path_.c_str());
  fd_.reset();
}

Result<UniqueFd> connect_to(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address.ok()) return address.error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int status = fd ? connect_status(fd.get(), *address) : errno;
  const auto refused = [&](std::string words) -> Result<UniqueFd> {
    return Error{ErrorCode::kUnreachable, std::move(words)};
  };
  switch (status) {
    case 0: return fd;
    case ENOENT:
    case ENOTDIR:
      return refused(fmt::format("hearthd isn't running: no control socket at {}", path.native()));
    case ECONNREFUSED:
      return refused(fmt::format("hearthd isn't running: nobody answers at {}", path.native()));
    case EACCES:
      return refused(fmt::format("no permission for {}: be root or a member of its group", path.native()));
    default: return refused(fmt::format("cannot connect to {}: {}", path.native(), reason(status)));
  }
}

}  // namespace hearth::core
