// What clocks show, minute by minute, as the C library says: an oracle that knows nothing of the date
// library.
#ifndef HEARTH_TEST_CORE_SCHEDULE_GLIBC_ZONE_HPP
#define HEARTH_TEST_CORE_SCHEDULE_GLIBC_ZONE_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::core::test {

// Changes the process's TZ while it lives; for tests of one thread.
class GlibcZone {
 public:
  explicit GlibcZone(const std::string& name);
  GlibcZone(const GlibcZone&) = delete;
  GlibcZone& operator=(const GlibcZone&) = delete;
  ~GlibcZone();

  std::int64_t offset_s(std::int64_t utc_s) const;
};

// The wall clock's minutes (since 1970-01-01 00:00) at each minute of UTC.
struct Minutes {
  std::int64_t first = 0;  // the first minute of UTC, since 1970
  std::vector<std::int64_t> local;

  std::int64_t end() const { return first + static_cast<std::int64_t>(local.size()); }
};
Minutes minutes_of(const std::string& zone, std::int32_t first_day, std::int32_t end_day);

// Midnight of UTC, as days since 1970, and as microseconds of a time of that day.
std::int32_t day(int year, int month, int of_month);
std::int64_t utc(int year, int month, int of_month, int hour = 0, int minute = 0, int second = 0);

// "2026-03-29T01:30:00", in UTC.
std::string text(std::int64_t us);

}  // namespace hearth::core::test

#endif
