// Deadlines: any number of deadlines on one timer of the loop, so that a connection's cost is a pointer and
// nothing wakes an idle plugin.
#ifndef HEARTH_NET_DEADLINES_HPP
#define HEARTH_NET_DEADLINES_HPP

#include <cstddef>
#include <functional>
#include <vector>

#include "hearth/loop.hpp"

namespace hearth::net {

class Deadlines;

// One deadline, off until set. Late by 20 ms at most while the loop keeps up. [loop]
class Deadline {
 public:
  Deadline(Deadlines& all, std::function<void()> expired) : all_(all), expired_(std::move(expired)) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { clear(); }

  // From now on; replaces the earlier one. `expired` is called once, and may destroy the deadline.
  void set(Microseconds delay);
  void clear();
  bool is_set() const { return slot_ != kOff; }

 private:
  friend class Deadlines;
  static constexpr std::size_t kOff = static_cast<std::size_t>(-1);

  Deadlines& all_;
  std::function<void()> expired_;
  std::size_t slot_ = kOff;  // where it stands in Deadlines::set_
};

// Outlives its deadlines. The timer stands for the earliest one when it was armed; clearing deadlines leaves
// it alone, so a stream of short connections arms it about once in a period, not once for each.
class Deadlines {
 public:
  explicit Deadlines(const Loop& loop) : loop_(loop) {}
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  friend class Deadline;
  struct Entry {
    Microseconds at;  // here and not in the deadline: ten thousand are looked through without touching them
    Deadline* deadline;
  };

  void add(Deadline& deadline, Microseconds at);
  void remove(Deadline& deadline);
  void arm(Microseconds at, Microseconds now);
  void fire();

  const Loop& loop_;
  std::vector<Entry> set_;  // in no order
  Handle timer_;
  Microseconds armed_for_ = Microseconds::max();
};

}  // namespace hearth::net

#endif
