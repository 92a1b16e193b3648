// Tests of time zones.
#include "core/schedule/zone.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/schedule/calendar.hpp"
#include "test/core/schedule/glibc_zone.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Zone zone(const std::string& name) {
  auto found = Zone::find(name);
  INFO(name);
  REQUIRE(found.ok());
  return *std::move(found);
}

// What the clocks show, to the instant.
std::string instant(const Zone& zone, int year, int month, int day, int hour, int minute, int second = 0) {
  return text(zone.to_utc_s(utc(year, month, day, hour, minute, second) / kSecondUs) * kSecondUs);
}

}  // namespace

TEST_CASE("an offset is the C library's, in the past and in the years that zone files no longer list") {
  for (const char* name : {"Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
                           "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Gaza",
                           "Africa/Casablanca", "Antarctica/Troll", "Pacific/Apia", "UTC"}) {
    const Zone mine = zone(name);
    const GlibcZone clocks(name);
    for (std::int64_t at_s = utc(1971, 1, 1) / kSecondUs; at_s < utc(2070, 1, 1) / kSecondUs;
         at_s += 21'600) {
      if (mine.span_at(at_s).offset_s == clocks.offset_s(at_s)) continue;
      FAIL_CHECK(name << " at " << text(at_s * kSecondUs));
      break;
    }
  }
}

TEST_CASE("a span holds what it was asked for, and ends where the offset changes") {
  for (const char* name : {"Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"}) {
    const Zone mine = zone(name);
    for (std::int64_t at_s = utc(2024, 1, 5) / kSecondUs; at_s < utc(2045, 1, 1) / kSecondUs;
         at_s += 20 * kDaySeconds) {
      const auto span = mine.span_at(at_s);
      REQUIRE(span.begin_s <= at_s);
      REQUIRE(at_s < span.end_s);
      CHECK(mine.span_at(span.end_s - 1).offset_s == span.offset_s);
      if (span.end_s < utc(2050, 1, 1) / kSecondUs) CHECK(mine.span_at(span.end_s).offset_s != span.offset_s);
    }
  }
}

TEST_CASE("a reading that the clocks skip is the first instant after the gap") {
  CHECK(instant(zone("Europe/London"), 2026, 3, 29, 1, 0) == "2026-03-29T01:00:00");
  CHECK(instant(zone("Europe/London"), 2026, 3, 29, 1, 59, 59) == "2026-03-29T01:00:00");
  CHECK(instant(zone("Europe/London"), 2026, 3, 29, 2, 0) == "2026-03-29T01:00:00");
  CHECK(instant(zone("America/New_York"), 2026, 3, 8, 2, 30) == "2026-03-08T07:00:00");
  CHECK(instant(zone("Australia/Lord_Howe"), 2026, 10, 4, 2, 15) == "2026-10-03T15:30:00");
  CHECK(instant(zone("Europe/London"), 2045, 3, 26, 1, 30) == "2045-03-26T01:00:00");
  // Samoa crossed the date line: 2011-12-30 was never on its calendars.
  CHECK(instant(zone("Pacific/Apia"), 2011, 12, 30, 12, 0) == "2011-12-30T10:00:00");
}

TEST_CASE("a reading that comes twice is its first time") {
  CHECK(instant(zone("Europe/London"), 2026, 10, 25, 1, 0) == "2026-10-25T00:00:00");
  CHECK(instant(zone("Europe/London"), 2026, 10, 25, 1, 30) == "2026-10-25T00:30:00");
  CHECK(instant(zone("Europe/London"), 2026, 10, 25, 2, 0) == "2026-10-25T02:00:00");
  CHECK(instant(zone("America/New_York"), 2026, 11, 1, 1, 59, 59) == "2026-11-01T05:59:59");
  CHECK(instant(zone("Australia/Lord_Howe"), 2026, 4, 5, 1, 45) == "2026-04-04T14:45:00");
  CHECK(instant(zone("America/New_York"), 2045, 11, 5, 1, 30) == "2045-11-05T05:30:00");
}

TEST_CASE("what is no zone of this system is an error in words") {
  const std::string with_zero("Europe/London\0x", 15);
  for (const std::string& name :
       {std::string(), std::string("Europe/Atlantis"), std::string("europe/london"), std::string("Europe"),
        std::string("../../etc/passwd"), std::string("/etc/passwd"), std::string("tzdata.zi"),
        std::string("right/Europe/London"), with_zero, std::string("\xff\xfe"), std::string(100'000, 'x')}) {
    const auto found = Zone::find(name);
    INFO(name.substr(0, 40));
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().code == hearth::ErrorCode::kInvalid);
    CHECK(found.error().words.find("time zone") != std::string::npos);
    CHECK(found.error().words.size() < 200);
  }
}

TEST_CASE("no time is too far for a zone") {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const char* name : {"Europe/London", "Asia/Kathmandu", "UTC"}) {
    const Zone mine = zone(name);
    for (const std::int64_t s : {Limits::min(), Limits::min() + 1, Limits::max() - 1, Limits::max()}) {
      CHECK(std::abs(mine.span_at(s).offset_s) < kDaySeconds);
      const std::int64_t at_s = mine.to_utc_s(s);
      CHECK(at_s >= (kFirstDay - 1) * kDaySeconds);
      CHECK(at_s <= (kLastDay + 2) * kDaySeconds);
    }
  }
}
