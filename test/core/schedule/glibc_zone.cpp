// The oracle's clocks.
#include "test/core/schedule/glibc_zone.hpp"

#include <stdlib.h>
#include <time.h>

#include <stdexcept>

namespace hearth::core::test {

GlibcZone::GlibcZone(const std::string& name) {
  ::setenv("TZ", name.c_str(), 1);
  ::tzset();
}

GlibcZone::~GlibcZone() {
  ::unsetenv("TZ");
  ::tzset();
}

std::int64_t GlibcZone::offset_s(std::int64_t utc_s) const {
  const time_t at = utc_s;
  tm broken{};
  if (::localtime_r(&at, &broken) == nullptr) throw std::runtime_error("localtime_r");
  return broken.tm_gmtoff;
}

Minutes minutes_of(const std::string& zone, std::int32_t first_day, std::int32_t end_day) {
  const GlibcZone clocks(zone);
  Minutes minutes;
  minutes.first = std::int64_t{first_day} * 1'440;
  const std::int64_t end = std::int64_t{end_day} * 1'440;
  minutes.local.reserve(static_cast<std::size_t>(end - minutes.first));
  for (std::int64_t minute = minutes.first; minute < end; ++minute) {
    const std::int64_t offset_s = clocks.offset_s(minute * 60);
    if (offset_s % 60 != 0) throw std::runtime_error("an offset that isn't of whole minutes");
    minutes.local.push_back(minute + offset_s / 60);
  }
  return minutes;
}

std::int64_t utc(int year, int month, int of_month, int hour, int minute, int second) {
  tm broken{};
  broken.tm_year = year - 1900;
  broken.tm_mon = month - 1;
  broken.tm_mday = of_month;
  broken.tm_hour = hour;
  broken.tm_min = minute;
  broken.tm_sec = second;
  return std::int64_t{::timegm(&broken)} * 1'000'000;
}

std::int32_t day(int year, int month, int of_month) {
  return static_cast<std::int32_t>(utc(year, month, of_month) / 86'400'000'000);
}

std::string text(std::int64_t us) {
  const time_t at = us / 1'000'000;
  tm broken{};
  ::gmtime_r(&at, &broken);
  char buffer[32];
  const auto size = ::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &broken);
  return {buffer, size};
}

}  // namespace hearth::core::test
