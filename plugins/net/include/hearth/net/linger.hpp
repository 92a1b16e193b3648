// Linger: sockets whose reply is sent, kept until the peer has closed, so that its late bytes don't turn the
// reply into a reset.
#ifndef HEARTH_NET_LINGER_HPP
#define HEARTH_NET_LINGER_HPP

#include <cstddef>
#include <deque>

#include "hearth/net/deadlines.hpp"
#include "hearth/net/fd.hpp"

namespace hearth::net {

// A close() with unread bytes, or bytes that arrive after it, makes the kernel send RST, and the peer may
// lose what it hasn't read yet. Waiting for its FIN in epoll would cost three system calls more for each
// request; here the next one's end looks after its predecessor, and one shared deadline after the last.
// [loop]
class Linger {
 public:
  explicit Linger(Deadlines& deadlines);

  // Takes over a non-blocking socket whose sending half is shut down.
  void take(Fd socket);
  // Closes them all: descriptors are short, or the plugin stops.
  void clear() { waiting_.clear(); }
  std::size_t size() const { return waiting_.size(); }

 private:
  static constexpr std::size_t kMost = 256;
  struct Waiting {
    Fd socket;
    unsigned age = 0;  // in sweeps of the deadline
  };

  void sweep();

  std::deque<Waiting> waiting_;  // the oldest first
  Deadline deadline_;
};

}  // namespace hearth::net

#endif
