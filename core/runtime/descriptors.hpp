// Descriptors that travel beside bytes through a unix socket (SCM_RIGHTS, unix(7)).
#ifndef HEARTH_CORE_RUNTIME_DESCRIPTORS_HPP
#define HEARTH_CORE_RUNTIME_DESCRIPTORS_HPP

#include <sys/types.h>

#include <cstddef>
#include <vector>

#include "core/system/unique_fd.hpp"

namespace hearth::core {

// With one call.
inline constexpr std::size_t kMaxDescriptors = 64;

// As send(2) with MSG_DONTWAIT and MSG_NOSIGNAL; the descriptors go with the first byte, or not at all. They
// stay the caller's.
ssize_t send_with(int socket, const void* bytes, std::size_t size, const std::vector<UniqueFd>& descriptors);

// As recv(2) with `flags` and MSG_DONTWAIT. What comes is appended to `descriptors`, at most `most` of them,
// closed on exec; false in `*all_came`: there were more, or this process may have no more.
ssize_t receive_with(int socket, void* buffer, std::size_t size, int flags, std::size_t most,
                     std::vector<UniqueFd>& descriptors, bool* all_came);

// Closes what a stranger has sent: closing can't wait for a peer.
void close_foreign(std::vector<UniqueFd>& descriptors);

// A regular file, and open for reading only. Waits for no disk and no network.
bool is_file_to_read(int fd);

}  // namespace hearth::core

#endif
