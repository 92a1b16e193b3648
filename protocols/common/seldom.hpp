// Seldom: what strangers can make happen as often as they like, told in the log now and then.
#ifndef HEARTH_PROTOCOLS_SELDOM_HPP
#define HEARTH_PROTOCOLS_SELDOM_HPP

#include <cstdint>
#include <optional>
#include <utility>

#include "hearth/loop.hpp"

namespace hearth::protocols {

class Seldom {
 public:
  static constexpr Microseconds kPause = std::chrono::seconds(10);

  // It has happened; `now` is steady. How often since the last line, this time included, if it is time for
  // another one; else 0.
  std::uint64_t happened(Microseconds now) {
    ++count_;
    if (told_ && now - *told_ < kPause) return 0;
    told_ = now;
    return std::exchange(count_, 0);
  }

 private:
  std::optional<Microseconds> told_;
  std::uint64_t count_ = 0;
};

}  // namespace hearth::protocols

#endif
