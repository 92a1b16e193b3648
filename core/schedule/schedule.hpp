// Which program is next, and which are due.
#ifndef HEARTH_CORE_SCHEDULE_SCHEDULE_HPP
#define HEARTH_CORE_SCHEDULE_SCHEDULE_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/schedule/occasion.hpp"
#include "core/schedule/place.hpp"

namespace hearth::core {

// The programs of the house and their occasions. It has no clock: it is told the time, in microseconds since
// 1970, and any value may be told. Not thread-safe.
//
// Use: put() every program and say what it has fired before; take_due() at once; then sleep until next_us(),
// and take_due() then and whenever the clock was set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). Whoever
// comes late loses nothing: what became due in between is handed out. Each occasion (program and date) is
// handed out once; the last kRemembered dates of each program are remembered for that.
class Schedule {
 public:
  struct Due {
    std::uint32_t number = 0;
    Occasion occasion;
    bool missed = false;  // it is later than the grace allows: not to be done, only to be told
  };

  static constexpr std::size_t kRemembered = 32;
  // What lies further back than this is forgotten: a house that was shut for a year has no year to tell.
  static constexpr std::int64_t kLookBackUs = std::int64_t{7} * 86'400 * 1'000'000;
  // Being so late is never a miss: the time of a busy machine.
  static constexpr std::int64_t kLeastGraceUs = 2'000'000;

  explicit Schedule(Place place) : place_(std::move(place)) {}

  // Adds a program, or puts it in place of the one with its number, whose fired dates are forgotten. Only
  // occasions after `since_us` count: when it was defined. A `since_us` that later turns out to lie ahead of
  // the clock was told by a clock that went wrong, and is not believed.
  void put(const Timing& timing, std::int64_t since_us);
  void remove(std::uint32_t number);
  // It was handed the occasion of that date in an earlier life.
  void fired_before(std::uint32_t number, std::int32_t day);
  // Everything anew, with the occasions after `now_us`; take what is due first. Dates that fired stay fired.
  void set_place(Place place, std::int64_t now_us);

  Place& place() { return place_; }
  const Place& place() const { return place_; }
  std::size_t size() const { return entries_.size(); }

  // The earliest occasion that wasn't handed out; it may have passed. None: nothing to wait for.
  std::optional<std::int64_t> next_us() const;

  // What has become due since the last call, in the order of instants, then numbers. Missed is what is older
  // than `grace_us` (and kLeastGraceUs). If `now_us` is before the last call's, the clock was set back: what
  // lies ahead counts again, except dates that fired.
  std::vector<Due> take_due(std::int64_t now_us, std::int64_t grace_us);

  // The next ones after `now_us`, at most `count`; none for an unknown number.
  std::vector<Occasion> upcoming(std::uint32_t number, std::int64_t now_us, std::size_t count);
  // why_never() of the program; empty for an unknown number.
  std::string why_never(std::uint32_t number, std::int64_t now_us);

 private:
  struct Entry {
    Timing timing;
    std::int64_t since_us = 0;
    std::array<std::int32_t, kRemembered> fired{};  // a ring
    std::uint32_t fired_count = 0;
    std::optional<Occasion> next;

    bool has_fired(std::int32_t day) const;
    void remember(std::int32_t day);
  };

  std::optional<Occasion> first_unfired(const Entry& entry, std::optional<Occasion> occasion);
  void wait_for(Entry& entry, std::optional<Occasion> next);
  void wait_after(Entry& entry, std::int64_t after_us);
  void all_anew(std::int64_t after_us);
  void collect(Entry& entry, std::int64_t now_us, std::int64_t grace_us, std::vector<Due>& due);

  Place place_;
  std::unordered_map<std::uint32_t, Entry> entries_;
  std::set<std::pair<std::int64_t, std::uint32_t>> waiting_;  // when and who: each entry that has a next
  std::set<std::uint32_t> unseen_;       // put since the last take_due: their since may be ahead of the clock
  std::optional<std::int64_t> last_us_;  // the time of the last take_due
};

}  // namespace hearth::core

#endif
