// Finds a program's occasions.
#include "core/schedule/occasion.hpp"

#include <algorithm>
#include <limits>

#include "core/schedule/calendar.hpp"

namespace hearth::core {
namespace {

// Sebastiano Vigna's SplitMix64, one step.
std::uint64_t split_mix(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

// The readings of the wall clock between which the occasions of a date lie, in seconds from its midnight.
struct Reach {
  std::int64_t from_s, to_s;
};

Reach reach(const Timing& timing) {
  const std::int64_t offset = timing.offset_min * kMinuteSeconds, stray = timing.random_min * kMinuteSeconds;
  if (timing.trigger == Trigger::kClock)
    return {timing.time_s + offset - stray, timing.time_s + offset + stray};
  // The sun's noon is within half a day of the clocks' (farther would be another date's), its rising and
  // setting within half a day of that. The second day is for what the clocks themselves may be changed by.
  constexpr std::int64_t kNoon = kDaySeconds / 2, kApart = 2 * kDaySeconds;
  return {kNoon - kApart + offset - stray, kNoon + kApart + offset + stray};
}

}  // namespace

bool Timing::in_range() const {
  constexpr std::int32_t kMost = 1'440;
  return time_s >= 0 && time_s < kDaySeconds && offset_min >= -kMost && offset_min <= kMost &&
         random_min >= 0 && random_min <= kMost;
}

std::int32_t random_minutes(const Timing& timing, std::int32_t day) {
  if (timing.random_min <= 0 || !timing.in_range()) return 0;
  const std::uint64_t bits = split_mix(std::uint64_t{static_cast<std::uint32_t>(day)} << 32 | timing.number);
  const auto values = static_cast<std::uint64_t>(timing.random_min) * 2 + 1;
  return static_cast<std::int32_t>(bits % values) - timing.random_min;
}

std::optional<Occasion> occasion_on(const Timing& timing, Place& place, std::int32_t day) {
  if (day < kFirstDay || day > kLastDay || !timing.in_range()) return std::nullopt;
  if ((timing.days >> weekday(day) & 1) == 0) return std::nullopt;
  const std::int64_t shift_s = (timing.offset_min + random_minutes(timing, day)) * kMinuteSeconds;
  if (timing.trigger == Trigger::kClock)
    return Occasion{place.to_utc_us(day * kDaySeconds + timing.time_s + shift_s), day};
  if (timing.trigger != Trigger::kSunrise && timing.trigger != Trigger::kSunset) return std::nullopt;
  const SunTimes* sun = place.sun(day);
  if (sun == nullptr) return std::nullopt;
  const auto& at_us = timing.trigger == Trigger::kSunrise ? sun->sunrise_us : sun->sunset_us;
  if (!at_us) return std::nullopt;
  return Occasion{*at_us + shift_s * kSecondUs, day};
}

std::optional<Occasion> next_after(const Timing& timing, Place& place, std::int64_t after_us) {
  return next_after(timing, place, Occasion{after_us, std::numeric_limits<std::int32_t>::max()});
}

std::optional<Occasion> next_after(const Timing& timing, Place& place, const Occasion& after) {
  const bool by_sun = timing.trigger == Trigger::kSunrise || timing.trigger == Trigger::kSunset;
  if (!timing.in_range() || (timing.days & 0x7f) == 0 || (by_sun && !place.where())) return std::nullopt;
  if (!by_sun && timing.trigger != Trigger::kClock) return std::nullopt;
  if (after.at_us > kLastUs) return std::nullopt;

  // Neighbouring dates' occasions may lie in any order. Dates are tried from the first that can have one
  // after `after`, until none can have one before the best so far.
  const auto [from_s, to_s] = reach(timing);
  const std::int64_t after_s = place.local_s(after.at_us);
  const auto first = static_cast<std::int32_t>(floor_div(after_s - to_s, kDaySeconds));
  auto last = static_cast<std::int32_t>(floor_div(after_s, kDaySeconds)) + kDaysAhead;
  std::optional<Occasion> best;
  for (std::int32_t day = std::max(first, kFirstDay); day <= std::min(last, kLastDay); ++day) {
    const auto occasion = occasion_on(timing, place, day);
    if (!occasion || *occasion <= after || (best && *best <= *occasion)) continue;
    best = occasion;
    const std::int64_t best_s = place.local_s(best->at_us);
    last = static_cast<std::int32_t>(floor_div(best_s - from_s, kDaySeconds));
  }
  return best;
}

}  // namespace hearth::core
