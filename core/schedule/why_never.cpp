// Says what keeps a program from firing.
#include <date/date.h>
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/schedule/calendar.hpp"
#include "core/schedule/occasion.hpp"

namespace hearth::core {
namespace {

std::string text(std::int32_t day) {
  const date::year_month_day ymd{date::sys_days{date::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", int{ymd.year()}, unsigned{ymd.month()}, unsigned{ymd.day()});
}

std::optional<std::int64_t> event_us(const SunTimes* sun, Trigger trigger) {
  return trigger == Trigger::kSunrise ? sun->sunrise_us : sun->sunset_us;
}

std::string why_no_sun(Trigger trigger, Place& place, std::int32_t today) {
  if (!place.where()) return "[home] has no latitude and longitude";
  if (today < kFirstDay || today > kLastDay) return "the sun isn't known for this year";
  const SunTimes* sun = place.sun(today);
  if (event_us(sun, trigger)) return {};
  const std::string_view what = trigger == Trigger::kSunrise ? "rise" : "set";
  const std::string_view season = sun->polar == Polar::kDay ? "polar day" : "polar night";
  for (std::int32_t day = today + 1; day <= today + kDaysAhead; ++day)
    if (const auto at_us = event_us(place.sun(day), trigger))
      return fmt::format("the sun doesn't {} here until {} ({})", what, text(place.day_of(*at_us)), season);
  return fmt::format("the sun doesn't {} here for more than a year", what);
}

}  // namespace

std::string why_never(const Timing& timing, Place& place, std::int64_t now_us) {
  if (!timing.in_range()) return "its time, offset or random minutes are out of range";
  switch (timing.trigger) {
    case Trigger::kClock:
    case Trigger::kSunrise:
    case Trigger::kSunset: break;
    default: return "it has no trigger";
  }
  if ((timing.days & 0x7f) == 0) return "its days are all off";
  if (timing.trigger == Trigger::kClock) return {};
  return why_no_sun(timing.trigger, place, place.day_of(now_us));
}

}  // namespace hearth::core
