// sendmsg and recvmsg with one control message.
#include "core/runtime/descriptors.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

namespace hearth::core {
namespace {

union Control {
  cmsghdr alignment;
  char bytes[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
};

}  // namespace

ssize_t send_with(int socket, const void* bytes, std::size_t size, const std::vector<UniqueFd>& descriptors) {
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
  if (descriptors.empty()) return ::send(socket, bytes, size, kFlags);
  const auto count = std::min(descriptors.size(), kMaxDescriptors);
  Control control{};
  iovec part{const_cast<void*>(bytes), size};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = CMSG_SPACE(count * sizeof(int));
  auto* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(count * sizeof(int));
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = descriptors[i].get();
    std::memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
  }
  return ::sendmsg(socket, &header, kFlags);
}

ssize_t receive_with(int socket, void* buffer, std::size_t size, int flags, std::size_t most,
                     std::vector<UniqueFd>& descriptors, bool* all_came) {
  Control control{};
  iovec part{buffer, size};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = CMSG_SPACE(std::min(most, kMaxDescriptors) * sizeof(int));
  *all_came = true;
  const auto got = ::recvmsg(socket, &header, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  *all_came = (header.msg_flags & MSG_CTRUNC) == 0;
  for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; at + CMSG_LEN(sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
  return got;
}

void close_foreign(std::vector<UniqueFd>& descriptors) {
  for (const auto& descriptor : descriptors) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  descriptors.clear();
}

// Neither fstat(2) nor reading: both ask the server of a remote file system.
bool is_file_to_read(int fd) {
  struct statx found {};
  const int mode = ::fcntl(fd, F_GETFL);
  return mode >= 0 && (mode & (O_ACCMODE | O_PATH)) == O_RDONLY &&
         ::statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &found) == 0 &&
         S_ISREG(found.stx_mode);
}

}  // namespace hearth::core
