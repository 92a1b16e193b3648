// The scheduler when the clock is set, or the house was down: once for each time, within the grace.
#include "test/core/home/scheduler_scene.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("a step forward over a program's time has it run once, within the grace") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon + 4 * kMinute);
  REQUIRE(s.fired.size() == 1);
  CHECK(s.fired[0].first == 1);
  CHECK(s.fired[0].second == Occasion{kNoon, kMondayDay});
  s.scheduler.clock_stepped();
  CHECK(s.fired.size() == 1);
}

TEST_CASE("a step over a program's time beyond the grace is only told") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.put(at(7, kNoonS));
  s.step_to(kNoon + 6 * kMinute);
  CHECK(s.fired.empty());
  CHECK(s.missed == Numbers{7});
  const auto told = s.log.latest(1, LogLevel::kWarning);
  REQUIRE(told.size() == 1);
  CHECK(told[0].text == "program 7 did not run at 2026-03-02T12:00:00+00:00: noticed too late");
  s.step_to(kNoon + kDay);
  CHECK(s.numbers() == Numbers{7});
}

TEST_CASE("a clock that is set back and comes to the time again has nothing run twice") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon + kSecond);
  s.step_to(kNoon - 2 * kHour);
  s.step_to(kNoon + kMinute);
  CHECK(s.fired.size() == 1);
  s.step_to(kNoon + kDay);
  CHECK(s.fired.size() == 2);
}

TEST_CASE("a clock that is set back before the time has the program run when it comes") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon - 5 * kHour);
  CHECK(s.fired.empty());
  s.step_to(kNoon);
  CHECK(s.fired.size() == 1);
}

TEST_CASE("the grace is the house's, and another one counts from then on") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.set_place(Place(Zone()), 30 * kSecond);
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon + kMinute);
  CHECK(s.fired.empty());
  s.scheduler.set_place(Place(Zone()), kHour);
  s.step_to(kNoon + kDay + 59 * kMinute);
  CHECK(s.numbers() == Numbers{1});
}

TEST_CASE("what was kept is caught up with at the beginning, but nothing that has fired or is too old") {
  SchedulerScene s(kNoon + kMinute);
  s.scheduler.restore(at(1, kNoonS));
  s.scheduler.restore(at(2, kNoonS));
  s.scheduler.restore(at(3, kNoonS - 600));
  s.scheduler.restore(at(4, kNoonS, kNoon + 30 * kSecond));  // defined later
  s.scheduler.restore(at(5, kNoonS, kNoon + 400 * kDay));    // by a clock that was wrong: from now on
  s.scheduler.fired_before(2, kMondayDay);
  s.scheduler.fired_before(77, kMondayDay);
  CHECK(s.fired.empty());
  s.scheduler.begin();
  CHECK(s.numbers() == Numbers{1});
  s.fired.clear();
  s.step_to(kNoon + kDay);
  CHECK(s.numbers() == Numbers{1, 2, 4, 5});
}
