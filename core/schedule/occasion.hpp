// When one program fires: the instant for each date, and the next one after an instant.
#ifndef HEARTH_CORE_SCHEDULE_OCCASION_HPP
#define HEARTH_CORE_SCHEDULE_OCCASION_HPP

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "core/schedule/place.hpp"

namespace hearth::core {

// The values are those of hearth.wire.ProgramTrigger.
enum class Trigger : std::uint8_t { kNone, kClock, kSunrise, kSunset };

// When a program wants to fire.
struct Timing {
  std::uint32_t number = 0;  // the program's: what its random minutes come from
  std::uint8_t days = 0;     // bit 0 is Monday
  Trigger trigger = Trigger::kNone;
  std::int32_t time_s = 0;      // 0 to 86399, of the local date; only for kClock
  std::int32_t offset_min = 0;  // -1440 to 1440
  std::int32_t random_min = 0;  // 0 to 1440: how far it may stray from there, either way

  bool operator==(const Timing&) const = default;
  // Are its numbers within those ranges? One that isn't has no occasions.
  bool in_range() const;
};

// A time to fire. `day` is the date that it belongs to and whose bit in `days` counts; because of offsets the
// instant may lie on another one. In the order of time.
struct Occasion {
  std::int64_t at_us = 0;
  std::int32_t day = 0;

  auto operator<=>(const Occasion&) const = default;
};

// How far ahead of an instant an occasion is looked for. The sun rises and sets at least once a year
// everywhere.
inline constexpr std::int32_t kDaysAhead = 400;

// The minutes that a program strays on a date: whole ones, -random_min to random_min, each as likely. They
// are the 64 bits that SplitMix64 makes of (day << 32 | number), modulo the 2 * random_min + 1 possible
// values: the same after every restart, and other ones for each program and date.
std::int32_t random_minutes(const Timing& timing, std::int32_t day);

// The occasion of that date, if there is one.
//
// Clock: time, offset and random minutes are added up on the wall clock; a reading that the clocks skip is
// the first instant after the gap, one that comes twice its first time. Sun: its instant plus that many
// minutes.
std::optional<Occasion> occasion_on(const Timing& timing, Place& place, std::int32_t day);

// The first one later than an instant, or than another occasion; occasions of two dates may fall together,
// and then the earlier date's comes first.
std::optional<Occasion> next_after(const Timing& timing, Place& place, std::int64_t after_us);
std::optional<Occasion> next_after(const Timing& timing, Place& place, const Occasion& after);

// What keeps a program from firing today, for a person: that its days are all off, that [home] has no
// latitude and longitude, that the sun doesn't set here until some date (polar day). The last of these may be
// said of a program that has a next occasion all the same. Empty if there is nothing to say.
std::string why_never(const Timing& timing, Place& place, std::int64_t now_us);

}  // namespace hearth::core

#endif
