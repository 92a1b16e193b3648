// Dates as numbers of days, and the years within which the schedule reckons.
#ifndef HEARTH_CORE_SCHEDULE_CALENDAR_HPP
#define HEARTH_CORE_SCHEDULE_CALENDAR_HPP

#include <cstdint>

namespace hearth::core {

inline constexpr std::int64_t kSecondUs = 1'000'000;
inline constexpr std::int64_t kMinuteSeconds = 60;
inline constexpr std::int64_t kDaySeconds = 86'400;
inline constexpr std::int64_t kDayUs = kDaySeconds * kSecondUs;

// Days since 1970-01-01. Nothing happens outside 1960-01-01 to 2999-12-31, so that no sum of times overflows.
inline constexpr std::int32_t kFirstDay = -3'653;
inline constexpr std::int32_t kLastDay = 376'199;
inline constexpr std::int64_t kFirstUs = kFirstDay * kDayUs;
inline constexpr std::int64_t kLastUs = (kLastDay + 1) * kDayUs - 1;

// Rounds towards the past, also before 1970. `by` is positive.
constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// 0 is Monday; 1970-01-01 was a Thursday.
constexpr unsigned weekday(std::int32_t day) {
  const std::int64_t since_monday = std::int64_t{day} + 3;
  return static_cast<unsigned>(since_monday - floor_div(since_monday, 7) * 7);
}

}  // namespace hearth::core

#endif
