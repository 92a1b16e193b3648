// Tests of the schedule: what is next, what is due, and what a wrong clock does to it.
#include "core/schedule/schedule.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <vector>

#include "core/schedule/calendar.hpp"
#include "test/core/schedule/glibc_zone.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

constexpr std::int64_t kMinuteUs = 60 * kSecondUs, kHourUs = 60 * kMinuteUs, kGraceUs = 5 * kMinuteUs;

Timing at(std::uint32_t number, int hour, int minute) {
  return {number, 0x7f, Trigger::kClock, hour * 3'600 + minute * 60, 0, 0};
}

Place in(const std::string& zone) {
  auto found = Zone::find(zone);
  REQUIRE(found.ok());
  return Place(*found);
}

// "3 2026-01-10T12:00:00", and "missed" behind it.
std::vector<std::string> take(Schedule& schedule, std::int64_t now_us, std::int64_t grace_us = kGraceUs) {
  std::vector<std::string> list;
  for (const auto& due : schedule.take_due(now_us, grace_us))
    list.push_back(std::to_string(due.number) + " " + text(due.occasion.at_us) +
                   (due.missed ? " missed" : ""));
  return list;
}

std::string next(const Schedule& schedule) {
  const auto at_us = schedule.next_us();
  return at_us ? text(*at_us) : "none";
}

using Texts = std::vector<std::string>;

const std::int64_t kMorning = utc(2026, 1, 10, 8);

// One program, every day at noon, looked at in the morning.
Schedule noon() {
  Schedule schedule{Place(Zone())};
  schedule.put(at(1, 12, 0), kMorning);
  REQUIRE(take(schedule, kMorning).empty());
  return schedule;
}

}  // namespace

TEST_CASE("an empty schedule waits for nothing") {
  Schedule schedule{Place(Zone())};
  CHECK_FALSE(schedule.next_us());
  CHECK(take(schedule, kMorning).empty());
  CHECK(schedule.upcoming(7, kMorning, 5).empty());
  CHECK(schedule.why_never(7, kMorning).empty());
  schedule.remove(7);
  schedule.fired_before(7, 0);
  CHECK(schedule.size() == 0);
}

TEST_CASE("a program is handed out at its instant, once, and waits for the next date") {
  Schedule schedule = noon();
  CHECK(next(schedule) == "2026-01-10T12:00:00");
  CHECK(take(schedule, utc(2026, 1, 10, 12) - 1).empty());
  CHECK(take(schedule, utc(2026, 1, 10, 12)) == Texts{"1 2026-01-10T12:00:00"});
  CHECK(take(schedule, utc(2026, 1, 10, 12)).empty());
  CHECK(next(schedule) == "2026-01-11T12:00:00");
}

TEST_CASE("what is due together comes in the order of instants, then numbers") {
  Schedule schedule{Place(Zone())};
  for (const std::uint32_t number : {9u, 2u, 5u}) schedule.put(at(number, 12, 1), kMorning);
  schedule.put(at(7, 12, 0), kMorning);
  schedule.put(at(1, 12, 2), kMorning);
  CHECK(take(schedule, utc(2026, 1, 10, 12, 2)) == Texts{"7 2026-01-10T12:00:00", "2 2026-01-10T12:01:00",
                                                         "5 2026-01-10T12:01:00", "9 2026-01-10T12:01:00",
                                                         "1 2026-01-10T12:02:00"});
}

TEST_CASE("late within the grace is done, later is only told, and neither comes again") {
  for (const bool missed : {false, true}) {
    Schedule schedule = noon();
    const std::int64_t late_us = utc(2026, 1, 10, 12) + kGraceUs + (missed ? 1 : 0);
    CHECK(take(schedule, late_us) == Texts{std::string("1 2026-01-10T12:00:00") + (missed ? " missed" : "")});
    CHECK(take(schedule, late_us + 1).empty());
    CHECK(take(schedule, kMorning).empty());
    CHECK(take(schedule, late_us).empty());
  }
}

TEST_CASE("two seconds late is never missed, whatever the grace") {
  for (const std::int64_t grace_us :
       {std::int64_t{0}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min()}) {
    Schedule in_time = noon(), late = noon();
    CHECK(take(in_time, utc(2026, 1, 10, 12, 0, 2), grace_us) == Texts{"1 2026-01-10T12:00:00"});
    CHECK(take(late, utc(2026, 1, 10, 12, 0, 2) + 1, grace_us) == Texts{"1 2026-01-10T12:00:00 missed"});
  }
}

TEST_CASE("a house that comes back after three days tells each of them and does the last") {
  Schedule schedule = noon();
  CHECK(take(schedule, utc(2026, 1, 12, 12, 4)) ==
        Texts{"1 2026-01-10T12:00:00 missed", "1 2026-01-11T12:00:00 missed", "1 2026-01-12T12:00:00"});
}

TEST_CASE("what lies further back than a week is not told") {
  Schedule schedule = noon();
  const Texts told = take(schedule, utc(2029, 1, 10, 13), std::numeric_limits<std::int64_t>::max());
  REQUIRE(told.size() == 7);
  CHECK(told.front() == "1 2029-01-04T12:00:00");
  CHECK(told.back() == "1 2029-01-10T12:00:00");
}

TEST_CASE("a clock that is set back brings nothing a second time, but what hadn't fired") {
  Schedule schedule = noon();
  schedule.put(at(2, 13, 0), kMorning);
  CHECK(take(schedule, utc(2026, 1, 10, 12, 3)) == Texts{"1 2026-01-10T12:00:00"});
  CHECK(take(schedule, kMorning).empty());
  CHECK(next(schedule) == "2026-01-10T13:00:00");
  CHECK(take(schedule, utc(2026, 1, 10, 13)) == Texts{"2 2026-01-10T13:00:00"});
  CHECK(take(schedule, utc(2026, 1, 8)).empty());
  CHECK(take(schedule, utc(2026, 1, 9, 12)) ==
        Texts{"1 2026-01-08T12:00:00 missed", "2 2026-01-08T13:00:00 missed", "1 2026-01-09T12:00:00"});
}

TEST_CASE("a clock that goes a year astray and comes back neither repeats nor forgets today") {
  Schedule schedule = noon();
  schedule.put(at(2, 18, 0), kMorning);
  CHECK(take(schedule, utc(2026, 1, 10, 12)).size() == 1);
  for (int i = 0; i < 3; ++i) {
    (void)take(schedule, utc(2027, 1, 10, 13) + i * 30 * kDayUs);
    CHECK(take(schedule, utc(2026, 1, 10, 11, 59)).empty());
    CHECK(take(schedule, utc(2026, 1, 10, 12, 1)).empty());
  }
  CHECK(next(schedule) == "2026-01-10T18:00:00");
}

TEST_CASE("an occasion before the definition doesn't count, within the grace either") {
  Schedule schedule{Place(Zone())};
  CHECK(take(schedule, kMorning).empty());
  schedule.put(at(1, 12, 0), utc(2026, 1, 10, 12, 1));
  CHECK(take(schedule, utc(2026, 1, 10, 12, 2)).empty());
  CHECK(next(schedule) == "2026-01-11T12:00:00");
  // At a start, too.
  Schedule restarted{Place(Zone())};
  restarted.put(at(1, 12, 0), utc(2026, 1, 10, 12, 0));
  CHECK(take(restarted, utc(2026, 1, 10, 12, 2)).empty());
}

TEST_CASE("a restart within the grace catches up, and once only") {
  Schedule restarted{Place(Zone())};
  restarted.put(at(1, 12, 0), kMorning);
  restarted.put(at(2, 12, 0), kMorning);
  restarted.fired_before(1, day(2026, 1, 10));
  CHECK(next(restarted) == "2026-01-10T12:00:00");
  CHECK(take(restarted, utc(2026, 1, 10, 12, 3)) == Texts{"2 2026-01-10T12:00:00"});
  CHECK(next(restarted) == "2026-01-11T12:00:00");
}

TEST_CASE("a definition by a clock that ran ahead doesn't hold the program back") {
  Schedule schedule = noon();
  // Put in 2030, noticed in 2026.
  schedule.put(at(2, 12, 30), utc(2030, 1, 1));
  CHECK(take(schedule, kMorning + kMinuteUs).empty());
  CHECK(take(schedule, utc(2026, 1, 10, 12, 30)) ==
        Texts{"1 2026-01-10T12:00:00 missed", "2 2026-01-10T12:30:00"});
  // From the store, at a start.
  Schedule restarted{Place(Zone())};
  restarted.put(at(2, 12, 30), utc(2030, 1, 1));
  CHECK(take(restarted, kMorning).empty());
  CHECK(next(restarted) == "2026-01-10T12:30:00");
}

TEST_CASE("a house that starts without knowing the time heeds its definitions once it knows") {
  Schedule schedule{Place(Zone())};
  schedule.put(at(1, 12, 0), utc(2026, 1, 10, 12, 1));
  schedule.put(at(2, 12, 0), utc(2026, 1, 10, 11, 59));
  CHECK(take(schedule, 0).empty());
  CHECK(next(schedule) == "1970-01-01T12:00:00");
  CHECK(take(schedule, utc(2026, 1, 10, 12, 3)) == Texts{"2 2026-01-10T12:00:00"});
}

TEST_CASE("a changed program forgets what it fired, but what has passed stays past") {
  Schedule schedule = noon();
  CHECK(take(schedule, utc(2026, 1, 10, 12)).size() == 1);
  schedule.put(at(1, 12, 30), utc(2026, 1, 10, 12, 1));
  CHECK(schedule.size() == 1);
  CHECK(take(schedule, utc(2026, 1, 10, 12, 30)) == Texts{"1 2026-01-10T12:30:00"});
  schedule.put(at(1, 12, 10), utc(2026, 1, 1));
  CHECK(next(schedule) == "2026-01-11T12:10:00");
}

TEST_CASE("a removed program is never handed out") {
  Schedule schedule = noon();
  schedule.put(at(2, 11, 0), kMorning);
  schedule.remove(2);
  CHECK(next(schedule) == "2026-01-10T12:00:00");
  schedule.remove(1);
  CHECK(next(schedule) == "none");
  CHECK(take(schedule, utc(2026, 1, 11)).empty());
}

TEST_CASE("the last thirty-two dates are remembered") {
  Schedule schedule{Place(Zone())};
  const std::int64_t start_us = utc(2026, 1, 1);
  schedule.put(at(1, 12, 0), start_us);
  CHECK(take(schedule, start_us).empty());
  for (int i = 0; i < 40; ++i) CHECK(take(schedule, start_us + i * kDayUs + 12 * kHourUs).size() == 1);
  CHECK(take(schedule, start_us + 8 * kDayUs).empty());
  for (int i = 8; i < 40; ++i) CHECK(take(schedule, start_us + i * kDayUs + 12 * kHourUs).empty());
  CHECK(take(schedule, start_us + 40 * kDayUs + 12 * kHourUs).size() == 1);
}

TEST_CASE("another place counts from now on, and a date that fired stays fired") {
  Schedule schedule{in("Europe/London")};
  schedule.put(at(1, 12, 0), kMorning);
  schedule.put(at(2, 18, 0), kMorning);
  CHECK(take(schedule, utc(2026, 1, 10, 12)).size() == 1);
  schedule.set_place(in("America/New_York"), utc(2026, 1, 10, 12, 1));
  CHECK(next(schedule) == "2026-01-10T23:00:00");
  CHECK(take(schedule, utc(2026, 1, 10, 17)).empty());
  CHECK(schedule.place().zone().name() == "America/New_York");
  // To the east: six in the evening has passed there, and isn't late.
  schedule.set_place(in("Asia/Kathmandu"), utc(2026, 1, 10, 17, 1));
  CHECK(take(schedule, utc(2026, 1, 10, 17, 2)).empty());
  CHECK(next(schedule) == "2026-01-11T06:15:00");
}

TEST_CASE("a place that is known only after the programs changes nothing of what was missed") {
  Schedule schedule{Place(Zone())};
  schedule.put(at(1, 12, 0), kMorning);
  schedule.set_place(in("America/New_York"), utc(2026, 1, 10, 17, 1));
  CHECK(take(schedule, utc(2026, 1, 10, 17, 1)) == Texts{"1 2026-01-10T17:00:00"});
}

TEST_CASE("the next five firings are told, without those that fired") {
  Schedule schedule = noon();
  const auto list = schedule.upcoming(1, kMorning, 5);
  REQUIRE(list.size() == 5);
  CHECK(text(list.front().at_us) == "2026-01-10T12:00:00");
  CHECK(text(list.back().at_us) == "2026-01-14T12:00:00");
  CHECK(take(schedule, utc(2026, 1, 10, 12)).size() == 1);
  CHECK(take(schedule, kMorning).empty());
  CHECK(text(schedule.upcoming(1, kMorning, 1).at(0).at_us) == "2026-01-11T12:00:00");
}

TEST_CASE("why a program doesn't fire is told") {
  Schedule schedule{Place(Zone())};
  schedule.put({1, 0x7f, Trigger::kSunset, 0, 0, 0}, kMorning);
  CHECK(schedule.why_never(1, kMorning) == "[home] has no latitude and longitude");
  CHECK_FALSE(schedule.next_us());
}

TEST_CASE("no clock is too strange") {
  using Limits = std::numeric_limits<std::int64_t>;
  const std::vector<std::int64_t> times{Limits::min(), -1, 0, kMorning, kLastUs, Limits::max()};
  for (const auto since_us : times)
    for (const auto first_us : times)
      for (const auto second_us : times) {
        Schedule schedule{in("Europe/London")};
        schedule.put(at(1, 12, 0), since_us);
        schedule.fired_before(1, std::numeric_limits<std::int32_t>::max());
        CHECK(take(schedule, first_us).size() <= 8);
        schedule.set_place(in("Asia/Kathmandu"), second_us);
        CHECK(take(schedule, second_us, Limits::max()).size() <= 8);
        CHECK(take(schedule, first_us, Limits::min()).size() <= 8);
        CHECK(schedule.upcoming(1, second_us, 3).size() <= 3);
      }
}
