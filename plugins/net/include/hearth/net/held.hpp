// Held: what the unfinished messages of all peers take together, and what waits to be sent to them.
#ifndef HEARTH_NET_HELD_HPP
#define HEARTH_NET_HELD_HPP

#include <cstddef>

#include "hearth/net/io.hpp"

namespace hearth::net {

// One peer's part of it. A limit for each alone doesn't bound anything: a thousand clients may each begin a
// large message, or leave one unread. What comes and what goes are counted apart, so that those who send too
// much cost nobody an answer. [loop]
class Held {
 public:
  // Of all together; who goes beyond it is refused (503, 1013).
  static constexpr std::size_t kMost = 64 * 1024 * 1024;

  enum class Of : bool { kInput, kOutput };

  explicit Held(Io& io, Of of = Of::kInput) : all_(of == Of::kInput ? io.held : io.held_output) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { all_ -= mine_; }

  // This peer's from now on. False if that is too much.
  bool set(std::size_t bytes) {
    const bool grows = bytes > mine_;
    all_ += bytes - mine_;
    mine_ = bytes;
    return !grows || all_ <= kMost;
  }

 private:
  std::size_t& all_;
  std::size_t mine_ = 0;
};

}  // namespace hearth::net

#endif
