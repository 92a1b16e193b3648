// Every occasion of a program, found by walking through the minutes; and programs to try it with.
#ifndef HEARTH_TEST_CORE_SCHEDULE_WALK_HPP
#define HEARTH_TEST_CORE_SCHEDULE_WALK_HPP

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/schedule/occasion.hpp"
#include "test/core/schedule/glibc_zone.hpp"

namespace hearth::core::test {

// A zone, somewhere in it, and two years of its minutes with some days before and after.
struct House {
  const char* zone;
  Coordinates where;
  Minutes minutes;
  std::vector<SunTimes> suns;  // of each date in `minutes` and kMargin around

  Place place() const;
};

// Offset and random minutes take an occasion two days from its date, zones one more.
inline constexpr std::int32_t kMargin = 5;

inline constexpr int kFirstYear = 2026, kEndYear = 2028;
const std::vector<House>& houses();

// In order.
std::vector<Occasion> walk(const House& house, const Timing& timing);

// Any timing: plain ones and ones with offsets and random minutes, to the limits, and days that are all off.
Timing any_timing(std::mt19937& random, std::uint32_t number);

}  // namespace hearth::core::test

#endif
