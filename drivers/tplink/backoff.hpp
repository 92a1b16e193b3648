// Backoff: how long to leave a device alone that doesn't answer: 5, 10, 20 ... 300 s, each a little off.
#ifndef HEARTH_DRIVERS_TPLINK_BACKOFF_HPP
#define HEARTH_DRIVERS_TPLINK_BACKOFF_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace tplink {

// The jitter (up to 10 % either way) comes from the seed, so that a house of dead devices doesn't knock in
// step and a test can tell what comes.
class Backoff {
 public:
  explicit Backoff(std::string_view seed) {
    for (const char c : seed) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }

  // One more failure: how long to wait now.
  std::chrono::milliseconds next() {
    const std::int64_t base = std::min<std::int64_t>(kFirstMs << std::min(failures_, 10), kLongestMs);
    ++failures_;
    hash_ = (hash_ ^ static_cast<std::uint64_t>(failures_)) * 1099511628211ull;
    const auto permille = static_cast<std::int64_t>((hash_ >> 33) % 201) - 100;
    current_ = std::chrono::milliseconds(base + base * permille / 1000);
    return current_;
  }
  // The same again: what failed was asked for by a person, not by us.
  std::chrono::milliseconds current() { return failures_ == 0 ? next() : current_; }
  void reset() { failures_ = 0; }

 private:
  static constexpr std::int64_t kFirstMs = 5000, kLongestMs = 300000;

  std::uint64_t hash_ = 14695981039346656037ull;
  int failures_ = 0;
  std::chrono::milliseconds current_{0};
};

}  // namespace tplink

#endif
