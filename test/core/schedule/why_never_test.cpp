// Tests of the words that say why a program doesn't fire.
#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "core/schedule/occasion.hpp"
#include "test/core/schedule/glibc_zone.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Place house(std::optional<Coordinates> where) {
  auto found = Zone::find("Europe/Oslo");
  REQUIRE(found.ok());
  return Place(*found, where);
}

const Coordinates kTromso{69.6492, 18.9553}, kOslo{59.91, 10.75};

std::string why(Trigger trigger, std::optional<Coordinates> where, std::int64_t now_us,
                std::uint8_t days = 0x7f) {
  Place place = house(where);
  Timing timing;
  timing.days = days;
  timing.trigger = trigger;
  return why_never(timing, place, now_us);
}

}  // namespace

TEST_CASE("a program that fires has nothing to say") {
  CHECK(why(Trigger::kClock, std::nullopt, utc(2026, 6, 21)).empty());
  CHECK(why(Trigger::kSunset, kOslo, utc(2026, 6, 21)).empty());
  CHECK(why(Trigger::kSunrise, kTromso, utc(2026, 4, 1)).empty());
}

TEST_CASE("what never fires says why") {
  CHECK(why(Trigger::kNone, kOslo, utc(2026, 6, 21)) == "it has no trigger");
  CHECK(why(static_cast<Trigger>(17), kOslo, utc(2026, 6, 21)) == "it has no trigger");
  CHECK(why(Trigger::kClock, kOslo, utc(2026, 6, 21), 0) == "its days are all off");
  CHECK(why(Trigger::kSunset, std::nullopt, utc(2026, 6, 21)) == "[home] has no latitude and longitude");
  Place place = house(kOslo);
  Timing late{1, 0x7f, Trigger::kClock, 86'400, 0, 0};
  CHECK(why_never(late, place, 0) == "its time, offset or random minutes are out of range");
}

TEST_CASE("polar day and polar night say until when") {
  CHECK(why(Trigger::kSunset, kTromso, utc(2026, 6, 21)) ==
        "the sun doesn't set here until 2026-07-26 (polar day)");
  CHECK(why(Trigger::kSunrise, kTromso, utc(2026, 12, 21)) ==
        "the sun doesn't rise here until 2027-01-15 (polar night)");
  // The sun of the 25th sets after midnight, and the program fires then.
  Place place = house(kTromso);
  Timing timing{1, 0x7f, Trigger::kSunset, 0, 0, 0};
  CHECK(next_after(timing, place, utc(2026, 6, 21))->day == day(2026, 7, 25));
}

TEST_CASE("a year that the sun isn't known for is said, too") {
  CHECK(why(Trigger::kSunset, kOslo, std::numeric_limits<std::int64_t>::max()) ==
        "the sun isn't known for this year");
  CHECK(why(Trigger::kClock, kOslo, std::numeric_limits<std::int64_t>::min()).empty());
}
