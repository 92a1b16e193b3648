// Times as the protocol writes them, in a zone that the test chooses.
#include "protocols/athome/local_time.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

using hearth::athome::LocalTime;

namespace {

struct Zone {
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

constexpr std::int64_t kMonday = 1'704'067'200'000'000;  // 2024-01-01 00:00:00 UTC

}  // namespace

TEST_CASE("microseconds have six digits and are left out when there are none") {
  const Zone utc("UTC0");
  LocalTime time;
  CHECK(time.text(kMonday) == "2024-01-01 00:00:00");
  CHECK(time.text(kMonday + 93'000) == "2024-01-01 00:00:00.093000");
  CHECK(time.text(kMonday + 7) == "2024-01-01 00:00:00.000007");
  CHECK(time.text(kMonday) == "2024-01-01 00:00:00");
  CHECK(time.text(kMonday + 1'999'999) == "2024-01-01 00:00:01.999999");
}

TEST_CASE("times are local, Monday is day 0") {
  const Zone west("XYZ5");
  LocalTime time;
  CHECK(time.text(kMonday) == "2023-12-31 19:00:00");
  CHECK(LocalTime::day_of_week(kMonday) == 6);
  CHECK(LocalTime::day_of_week(kMonday + 5'000'000LL * 3600) == 0);
}
