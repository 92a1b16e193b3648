// A token bucket that counts what it turned away.
#ifndef HEARTH_CORE_LOG_RATE_LIMIT_HPP
#define HEARTH_CORE_LOG_RATE_LIMIT_HPP

#include <algorithm>
#include <cstdint>
#include <utility>

namespace hearth::core {

struct Rate {
  double burst = 50;       // lines that may come at once
  double per_second = 20;  // lines that may come for ever
};

// Not thread-safe. Times are microseconds of one steady clock. Once it has turned a line away it stays shut
// until half of the burst has come back, so that a flood costs one note for each pause and not one for each
// line.
class RateLimit {
 public:
  RateLimit(Rate rate, std::int64_t now_us) : rate_(rate), tokens_(rate.burst), filled_us_(now_us) {}

  // Takes a token; false, and counted, when it is shut.
  bool allow(std::int64_t now_us) {
    if (open(now_us)) {
      tokens_ -= 1;
      return true;
    }
    ++suppressed_;
    ++suppressed_total_;
    return false;
  }

  // Would `allow` be true now?
  bool open(std::int64_t now_us) {
    const std::int64_t passed_us = std::max<std::int64_t>(0, now_us - filled_us_);
    tokens_ = std::min(rate_.burst, tokens_ + static_cast<double>(passed_us) * rate_.per_second / 1e6);
    filled_us_ = now_us;
    return tokens_ >= (suppressed_ == 0 ? 1.0 : std::max(1.0, rate_.burst / 2));
  }

  // Turned away since the last take_suppressed().
  std::uint64_t suppressed() const { return suppressed_; }
  std::uint64_t take_suppressed() { return std::exchange(suppressed_, 0); }
  // Turned away since the beginning.
  std::uint64_t suppressed_total() const { return suppressed_total_; }

 private:
  Rate rate_;
  double tokens_;
  std::int64_t filled_us_;
  std::uint64_t suppressed_ = 0;
  std::uint64_t suppressed_total_ = 0;
};

}  // namespace hearth::core

#endif
