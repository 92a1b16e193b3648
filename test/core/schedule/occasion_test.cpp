// Tests of the occasions of one program.
#include "core/schedule/occasion.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/schedule/calendar.hpp"
#include "test/core/schedule/glibc_zone.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

const Coordinates kLondon{51.4733, -0.0008333}, kTromso{69.6492, 18.9553};

Place place(const std::string& zone, std::optional<Coordinates> where = std::nullopt) {
  auto found = Zone::find(zone);
  REQUIRE(found.ok());
  return Place(*found, where);
}

// Every day at a time of the clock.
Timing clock(int hour, int minute, int second = 0) {
  Timing timing;
  timing.number = 1;
  timing.days = 0x7f;
  timing.trigger = Trigger::kClock;
  timing.time_s = hour * 3'600 + minute * 60 + second;
  return timing;
}

Timing sun(Trigger trigger, std::int32_t offset_min = 0) {
  Timing timing = clock(0, 0);
  timing.trigger = trigger;
  timing.offset_min = offset_min;
  return timing;
}

// The instants of the next ones, in UTC.
std::vector<std::string> next(const Timing& timing, Place& place, std::int64_t after_us, std::size_t count) {
  std::vector<std::string> list;
  auto occasion = next_after(timing, place, after_us);
  for (; occasion && list.size() < count; occasion = next_after(timing, place, *occasion))
    list.push_back(text(occasion->at_us));
  return list;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a program of the clock fires at its second, by the clocks of the house") {
  Place london = place("Europe/London");
  CHECK(next(clock(17, 45, 30), london, utc(2026, 1, 10), 2) ==
        Texts{"2026-01-10T17:45:30", "2026-01-11T17:45:30"});
  CHECK(next(clock(17, 45, 30), london, utc(2026, 7, 10), 1) == Texts{"2026-07-10T16:45:30"});
  Place kathmandu = place("Asia/Kathmandu");
  CHECK(next(clock(0, 0), kathmandu, utc(2026, 7, 10), 1) == Texts{"2026-07-10T18:15:00"});
}

TEST_CASE("the next occasion is later than the instant, never at it") {
  Place house = place("UTC");
  const auto at = utc(2026, 1, 10, 17, 45);
  CHECK(next(clock(17, 45), house, at - 1, 1) == Texts{"2026-01-10T17:45:00"});
  CHECK(next(clock(17, 45), house, at, 1) == Texts{"2026-01-11T17:45:00"});
}

TEST_CASE("only the days of the mask count, Monday being the first bit") {
  Place house = place("UTC");
  Timing timing = clock(8, 0);
  timing.days = 0b0100001;                              // Monday and Saturday
  CHECK(next(timing, house, utc(2026, 1, 10, 9), 3) ==  // 2026-01-10 is a Saturday
        Texts{"2026-01-12T08:00:00", "2026-01-17T08:00:00", "2026-01-19T08:00:00"});
}

TEST_CASE("an offset may cross midnight, and the mask means the date before it is added") {
  Place house = place("UTC");
  Timing late = clock(23, 50);
  late.offset_min = 20;
  late.days = 0b0000001;  // Monday 2026-01-12
  CHECK(next(late, house, utc(2026, 1, 10), 1) == Texts{"2026-01-13T00:10:00"});
  CHECK(next_after(late, house, utc(2026, 1, 10))->day == day(2026, 1, 12));
  Timing early = clock(0, 5);
  early.offset_min = -10;
  early.days = 0b0000001;
  CHECK(next(early, house, utc(2026, 1, 10), 1) == Texts{"2026-01-11T23:55:00"});
  CHECK(next_after(early, house, utc(2026, 1, 10))->day == day(2026, 1, 12));
}

TEST_CASE("a time that spring skips fires at the first instant after it, and autumn's hour fires once") {
  Place london = place("Europe/London");
  CHECK(next(clock(1, 30), london, utc(2026, 3, 28, 12), 2) ==
        Texts{"2026-03-29T01:00:00", "2026-03-30T00:30:00"});
  CHECK(next(clock(1, 30), london, utc(2026, 10, 24, 12), 2) ==
        Texts{"2026-10-25T00:30:00", "2026-10-26T01:30:00"});
  // The offset is added on the wall: 00:30 and an hour is the skipped 01:30, not 02:30.
  Timing timing = clock(0, 30);
  timing.offset_min = 60;
  CHECK(next(timing, london, utc(2026, 3, 28, 12), 1) == Texts{"2026-03-29T01:00:00"});
}

TEST_CASE("within the hour that comes twice the first pass is past") {
  Place london = place("Europe/London");
  // 01:10 the first time and the second; the clocks go back at 01:00 UTC.
  for (const int hour : {0, 1}) {
    const auto after_us = utc(2026, 10, 25, hour, 10);
    CHECK(text(london.local_s(after_us) * kSecondUs) == "2026-10-25T01:10:00");
    CHECK(next(clock(1, 30), london, after_us, 1) ==
          Texts{hour == 0 ? "2026-10-25T00:30:00" : "2026-10-26T01:30:00"});
  }
  // What was looked up in between doesn't matter.
  CHECK(london.local_s(utc(2026, 12, 1)) == utc(2026, 12, 1) / kSecondUs);
  CHECK(text(occasion_on(clock(1, 30), london, day(2026, 10, 25))->at_us) == "2026-10-25T00:30:00");
  CHECK(text(occasion_on(clock(1, 30), london, day(2026, 3, 29))->at_us) == "2026-03-29T01:00:00");
}

TEST_CASE("sunset and sunrise have their offset in elapsed minutes") {
  Place house = place("Europe/London", kLondon);
  const auto sunset = *sun_on(day(2026, 6, 21), house.zone(), kLondon).sunset_us;
  CHECK(occasion_on(sun(Trigger::kSunset), house, day(2026, 6, 21))->at_us == sunset);
  CHECK(occasion_on(sun(Trigger::kSunset, -90), house, day(2026, 6, 21))->at_us ==
        sunset - 5'400 * kSecondUs);
  // So late after sunset that it is the next date's morning.
  const auto late = next_after(sun(Trigger::kSunset, 600), house, utc(2026, 6, 22));
  REQUIRE(late);
  CHECK(late->day == day(2026, 6, 21));
  CHECK(late->at_us == sunset + 36'000 * kSecondUs);
}

TEST_CASE("clocks that have nothing to do with the sun lose none of its risings") {
  for (const char* zone : {"UTC", "Pacific/Kiritimati"})
    for (int longitude = -180; longitude <= 180; longitude += 30)
      for (const std::int32_t offset : {-1'440, 0, 1'440}) {
        Place house = place(zone, Coordinates{40, static_cast<double>(longitude)});
        const Timing timing = sun(longitude % 60 == 0 ? Trigger::kSunrise : Trigger::kSunset, offset);
        std::vector<Occasion> all;
        for (std::int32_t date = day(2026, 1, 1); date < day(2026, 1, 30); ++date)
          all.push_back(*occasion_on(timing, house, date));
        INFO(zone << " " << longitude << " " << offset);
        for (std::size_t i = 1; i < all.size(); ++i) {
          CHECK(next_after(timing, house, all[i - 1].at_us) == all[i]);
          CHECK(next_after(timing, house, all[i].at_us - 1) == all[i]);
        }
      }
}

TEST_CASE("a sun that doesn't set until July lets the program wait until July") {
  Place tromso = place("Europe/Oslo", kTromso);
  const auto sunset = next_after(sun(Trigger::kSunset), tromso, utc(2026, 6, 1));
  REQUIRE(sunset);
  CHECK(sunset->at_us > utc(2026, 7, 24));
  CHECK(sunset->at_us < utc(2026, 7, 31));
  CHECK_FALSE(occasion_on(sun(Trigger::kSunset), tromso, day(2026, 6, 21)));
  Place pole = place("UTC", Coordinates{90, 0});
  CHECK(next_after(sun(Trigger::kSunrise), pole, utc(2026, 4, 1)));
}

TEST_CASE("random minutes are whole, within the amount, all of them likely, and the same again") {
  Timing timing = clock(12, 0);
  timing.random_min = 10;
  std::map<std::int32_t, int> seen;
  for (std::int32_t date = 0; date < 21'000; ++date) {
    const auto minutes = random_minutes(timing, date);
    REQUIRE(minutes >= -10);
    REQUIRE(minutes <= 10);
    CHECK(minutes == random_minutes(timing, date));
    ++seen[minutes];
  }
  CHECK(seen.size() == 21);
  for (const auto& [minutes, count] : seen) {
    CHECK(count > 850);  // of 1000; the standard deviation is 31
    CHECK(count < 1'150);
  }
  // Known values, so that no later version strays otherwise.
  CHECK(random_minutes(timing, day(2026, 1, 1)) == -5);
  CHECK(random_minutes(timing, day(2026, 1, 2)) == -3);
}

TEST_CASE("programs stray differently on the same date") {
  std::set<std::int32_t> minutes;
  for (std::uint32_t number = 1; number <= 50; ++number) {
    Timing timing = clock(12, 0);
    timing.number = number;
    timing.random_min = 1'440;
    minutes.insert(random_minutes(timing, day(2026, 1, 1)));
  }
  CHECK(minutes.size() > 45);
}

TEST_CASE("occasions that fall together are both there, the earlier date's first") {
  Place house = place("UTC");
  // Two dates whose random minutes differ by just a day.
  Timing timing = clock(12, 0);
  timing.random_min = 1'440;
  std::int32_t date = 0;
  while (random_minutes(timing, date) - random_minutes(timing, date + 1) != 1'440) ++date;
  const auto first = occasion_on(timing, house, date);
  REQUIRE(first);
  CHECK(next_after(timing, house, *first) == occasion_on(timing, house, date + 1));
  CHECK(next_after(timing, house, Occasion{first->at_us, date - 1}) == first);
  CHECK(next_after(timing, house, first->at_us)->at_us > first->at_us);
}

TEST_CASE("what has no occasion has none") {
  Place bare = place("UTC"), house = place("UTC", kLondon);
  Timing off = clock(12, 0);
  off.days = 0x80;
  Timing none = clock(12, 0);
  none.trigger = Trigger::kNone;
  Timing strange = clock(12, 0);
  strange.trigger = static_cast<Trigger>(99);
  for (const Timing& timing : {off, none, strange}) {
    CHECK_FALSE(next_after(timing, house, utc(2026, 1, 1)));
    CHECK_FALSE(occasion_on(timing, house, day(2026, 1, 1)));
  }
  CHECK_FALSE(next_after(sun(Trigger::kSunset), bare, utc(2026, 1, 1)));
  CHECK_FALSE(occasion_on(sun(Trigger::kSunset), bare, day(2026, 1, 1)));
  CHECK(next_after(sun(Trigger::kSunset), house, utc(2026, 1, 1)));
}

TEST_CASE("no number is too strange") {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::vector<std::int32_t> numbers{Limits::min(), -1'441, -1'440, -1,           0, 1, 1'440,
                                          1'441,         86'399, 86'400, Limits::max()};
  const std::vector<std::int64_t> instants{std::numeric_limits<std::int64_t>::min(),
                                           kFirstUs - 1,
                                           kFirstUs,
                                           -1,
                                           0,
                                           kLastUs - 1,
                                           kLastUs,
                                           kLastUs + 1,
                                           std::numeric_limits<std::int64_t>::max()};
  Place house = place("Europe/London", kLondon);
  for (const auto trigger : {Trigger::kNone, Trigger::kClock, Trigger::kSunrise, Trigger::kSunset})
    for (const auto time : numbers)
      for (const auto offset : numbers)
        for (const auto random : numbers) {
          const Timing timing{Limits::max(), 0xff, trigger, time, offset, random};
          for (const auto at_us : instants) {
            const auto occasion = next_after(timing, house, at_us);
            if (!occasion) continue;
            REQUIRE(timing.in_range());
            REQUIRE(occasion->at_us > at_us);
          }
          for (const auto date :
               {Limits::min(), kFirstDay - 1, kFirstDay, kLastDay, kLastDay + 1, Limits::max()})
            if (occasion_on(timing, house, date)) REQUIRE(timing.in_range());
          (void)why_never(timing, house, instants[static_cast<std::size_t>(time) % instants.size()]);
        }
}
