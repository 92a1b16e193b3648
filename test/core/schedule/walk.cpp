// The walk: no search, no zone but the C library's clocks.
#include "test/core/schedule/walk.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "core/schedule/calendar.hpp"

namespace hearth::core::test {
namespace {

// SplitMix64 as its author describes it, from the description in occasion.hpp.
std::int32_t stray(const Timing& timing, std::int32_t day) {
  if (timing.random_min == 0) return 0;
  std::uint64_t z = (std::uint64_t{static_cast<std::uint32_t>(day)} << 32) | timing.number;
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z = z ^ (z >> 31);
  const std::uint64_t values = 2 * static_cast<std::uint64_t>(timing.random_min) + 1;
  return static_cast<std::int32_t>(z % values) - timing.random_min;
}

// 1970-01-05 was a Monday.
bool is_on(const Timing& timing, std::int32_t day) {
  const int of_week = ((day - 4) % 7 + 7) % 7;
  return (timing.days >> of_week & 1) != 0;
}

// What the clocks show when a program wants to fire.
struct Wish {
  std::int64_t local_minute, second;
  std::int32_t day;
};

std::vector<Wish> wishes(const Timing& timing, std::int32_t first, std::int32_t end) {
  std::vector<Wish> list;
  for (std::int32_t day = first; day < end; ++day)
    if (is_on(timing, day))
      list.push_back({day * 1'440 + timing.time_s / 60 + timing.offset_min + stray(timing, day),
                      timing.time_s % 60, day});
  std::sort(list.begin(), list.end(), [](const Wish& a, const Wish& b) {
    return std::tie(a.local_minute, a.day) < std::tie(b.local_minute, b.day);
  });
  return list;
}

// A minute that the clocks show for the first time fires what wants it, and what wants a minute that they
// skipped to come to it.
std::vector<Occasion> by_clock(const Minutes& minutes, const std::vector<Wish>& wishes) {
  std::vector<Occasion> list;
  auto wish = wishes.begin();
  while (wish != wishes.end() && wish->local_minute < minutes.local.front()) ++wish;
  std::int64_t minute = minutes.first, shown = minutes.local.front() - 1;
  for (const std::int64_t now : minutes.local) {
    for (; wish != wishes.end() && now > shown && wish->local_minute <= now; ++wish)
      list.push_back({(minute * 60 + (wish->local_minute == now ? wish->second : 0)) * kSecondUs, wish->day});
    shown = std::max(shown, now);
    ++minute;
  }
  return list;
}

std::vector<Occasion> by_sun(const Timing& timing, const std::vector<SunTimes>& suns, std::int32_t day) {
  std::vector<Occasion> list;
  for (const SunTimes& sun : suns) {
    const auto at_us = timing.trigger == Trigger::kSunrise ? sun.sunrise_us : sun.sunset_us;
    if (is_on(timing, day) && at_us)
      list.push_back({*at_us + (timing.offset_min + stray(timing, day)) * 60 * kSecondUs, day});
    ++day;
  }
  return list;
}

}  // namespace

Place House::place() const {
  auto found = Zone::find(zone);
  if (!found.ok()) throw std::runtime_error(found.error().words);
  return Place(*found, where);
}

const std::vector<House>& houses() {
  static const std::vector<House> all = [] {
    std::vector<House> list{{"Europe/London", {51.5, -0.1}, {}, {}},
                            {"America/New_York", {40.7, -74.0}, {}, {}},
                            {"Australia/Lord_Howe", {-31.55, 159.08}, {}, {}},
                            {"Asia/Kathmandu", {27.7, 85.3}, {}, {}},
                            {"America/St_Johns", {47.56, -52.71}, {}, {}}};
    const std::int32_t first = day(kFirstYear, 1, 1) - kMargin, end = day(kEndYear, 1, 1) + kMargin;
    for (House& house : list) {
      house.minutes = minutes_of(house.zone, first, end);
      Place place = house.place();
      for (std::int32_t day = first - kMargin; day < end + kMargin; ++day)
        house.suns.push_back(*place.sun(day));
    }
    return list;
  }();
  return all;
}

std::vector<Occasion> walk(const House& house, const Timing& timing) {
  const auto first = static_cast<std::int32_t>(house.minutes.first / 1'440) - kMargin;
  const auto end = static_cast<std::int32_t>(house.minutes.end() / 1'440) + kMargin;
  std::vector<Occasion> list;
  if (timing.trigger == Trigger::kClock) list = by_clock(house.minutes, wishes(timing, first, end));
  if (timing.trigger == Trigger::kSunrise || timing.trigger == Trigger::kSunset)
    list = by_sun(timing, house.suns, first);
  std::sort(list.begin(), list.end());
  return list;
}

Timing any_timing(std::mt19937& random, std::uint32_t number) {
  const auto upto = [&random](std::uint32_t most) {
    return static_cast<std::int32_t>(random() % (most + 1));
  };
  const auto one_in = [&random](std::uint32_t n) { return random() % n == 0; };
  Timing timing;
  timing.number = number;
  timing.days = static_cast<std::uint8_t>(one_in(2) ? 0x7f : upto(0x7f));
  timing.trigger = one_in(12) ? Trigger::kSunrise : one_in(12) ? Trigger::kSunset : Trigger::kClock;
  // One in three among the hours in which clocks change; one in two on the full minute.
  timing.time_s = one_in(3) ? upto(4 * 3'600) : upto(86'399);
  if (one_in(2)) timing.time_s -= timing.time_s % 60;
  if (one_in(2)) timing.offset_min = one_in(2) ? upto(240) - 120 : upto(2'880) - 1'440;
  if (one_in(2)) timing.random_min = one_in(2) ? upto(60) : upto(1'440);
  return timing;
}

}  // namespace hearth::core::test
