// Calendar by the C library, digits by hand.
#include "local_time.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace hearth::athome {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::size_t kSecondsEnd = 19;  // of "YYYY-MM-DD HH:MM:SS"

std::tm local(std::int64_t wall_us) {
  const auto seconds = static_cast<std::time_t>(wall_us / kSecond);
  std::tm calendar{};
  localtime_r(&seconds, &calendar);
  return calendar;
}

}  // namespace

std::string_view LocalTime::text(std::int64_t wall_us) {
  if (wall_us < 0) wall_us = 0;
  if (second_ != wall_us / kSecond) {
    const auto t = local(wall_us);
    std::array<char, 80> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02d %02d:%02d:%02d", t.tm_year + 1900,
                  t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    text_ = buffer.data();
    second_ = wall_us / kSecond;
  }
  text_.resize(kSecondsEnd);
  auto fraction = wall_us % kSecond;
  if (fraction == 0) return text_;
  text_ += ".000000";
  for (auto digit = text_.rbegin(); fraction != 0; ++digit, fraction /= 10)
    *digit = static_cast<char>('0' + fraction % 10);
  return text_;
}

std::string LocalTime::iso_text(std::int64_t wall_us) {
  const auto t = local(wall_us);
  const auto offset = std::abs(t.tm_gmtoff) / 60;
  std::array<char, 96> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld", t.tm_year + 1900,
                t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_gmtoff < 0 ? '-' : '+',
                offset / 60, offset % 60);
  return buffer.data();
}

int LocalTime::day_of_week(std::int64_t wall_us) { return (local(wall_us).tm_wday + 6) % 7; }

}  // namespace hearth::athome
