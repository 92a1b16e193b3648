// The control socket's file: made, taken over from a dead server, connected to.
#ifndef HEARTH_CORE_CONTROL_CONTROL_SOCKET_HPP
#define HEARTH_CORE_CONTROL_CONTROL_SOCKET_HPP

#include <cstdint>
#include <filesystem>

#include "core/system/unique_fd.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

// Listens as long as it lives; its end removes the file, unless that is another server's by then.
class ListeningSocket {
 public:
  // At `path`, mode 0660, not blocking. A file that a dead server left is replaced; where a living one
  // answers, or where something stands that is no socket: a refusal in words, and the file stays.
  static Result<ListeningSocket> open(const std::filesystem::path& path);

  ListeningSocket() = default;
  ListeningSocket(ListeningSocket&&) noexcept = default;
  ListeningSocket& operator=(ListeningSocket&&) noexcept = default;
  ~ListeningSocket() { close(); }

  void close();
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::filesystem::path path_;
  std::uint64_t inode_ = 0;
};

// A blocking connection to the server at `path`; kUnreachable with words for the person who typed the
// command.
Result<UniqueFd> connect_to(const std::filesystem::path& path);

}  // namespace hearth::core

#endif
