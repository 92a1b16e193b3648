// Held: what the unfinished messages of all peers take together.
#ifndef HEARTH_NET_HELD_HPP
#define HEARTH_NET_HELD_HPP

#include <cstddef>

#include "hearth/net/io.hpp"

namespace hearth::net {

// One peer's part of Io::held. A limit for each message alone doesn't bound anything: a thousand clients may
// each begin a large one. [loop]
class Held {
 public:
  // Of all together; who goes beyond it is refused (503, 1013).
  static constexpr std::size_t kMost = 64 * 1024 * 1024;

  explicit Held(Io& io) : io_(io) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { io_.held -= mine_; }

  // This peer's from now on. False if that is too much.
  bool set(std::size_t bytes) {
    const bool grows = bytes > mine_;
    io_.held += bytes - mine_;
    mine_ = bytes;
    return !grows || io_.held <= kMost;
  }

 private:
  Io& io_;
  std::size_t mine_ = 0;
};

}  // namespace hearth::net

#endif
