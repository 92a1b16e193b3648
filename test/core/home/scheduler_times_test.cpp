// Which times a program has, and what the scheduler says of the sun.
#include "test/core/home/scheduler_scene.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("a program that does nothing, or has no trigger or day, has no times") {
  SchedulerScene s(kNoon - kHour);
  auto none = at(1, kNoonS), untriggered = at(2, kNoonS), dayless = at(3, kNoonS);
  none.program.command = ProgramCommand::kNone;
  untriggered.program.trigger = ProgramTrigger::kNone;
  dayless.program.days = "..-..-.";
  s.scheduler.begin();
  for (const auto& record : {none, untriggered, dayless}) s.scheduler.put(record);
  s.step_to(kNoon);
  CHECK(s.fired.empty());
  for (std::uint32_t number = 1; number <= 3; ++number) CHECK(s.scheduler.upcoming(number, 5).empty());
}

TEST_CASE("only the letters of its days let a program run") {
  SchedulerScene s(kNoon - kHour);
  auto record = at(1, kNoonS);
  record.program.days = ".x-...s";
  s.scheduler.begin();
  s.scheduler.put(record);
  const auto next = s.scheduler.upcoming(1, 3);
  REQUIRE(next.size() == 3);
  CHECK(next[0].at_us == kNoon + kDay);
  CHECK(next[1].at_us == kNoon + 6 * kDay);
  CHECK(next[2].at_us == kNoon + 8 * kDay);
}

TEST_CASE("programs that differ in name, colour or devices only run at the same times") {
  const auto base = at(1, kNoonS).program;
  auto other = base;
  other.name = "another";
  other.color = "#FF0000";
  other.brightness = 5;
  other.command = ProgramCommand::kOff;
  other.days = "mtwtfss";
  other.random_min = 30;  // without randomize it doesn't count
  CHECK(Scheduler::same_time(base, other));
  for (const auto& bend : std::initializer_list<void (*)(Program&)>{
           [](Program& p) { p.time_s = 1; }, [](Program& p) { p.offset_min = 1; },
           [](Program& p) { p.days = "MTWTFS."; }, [](Program& p) { p.trigger = ProgramTrigger::kSunset; },
           [](Program& p) { p.command = ProgramCommand::kNone; },
           [](Program& p) { p.randomize = true, p.random_min = 1; }}) {
    auto bent = base;
    bend(bent);
    CHECK_FALSE(Scheduler::same_time(base, bent));
  }
}

TEST_CASE("the sun is told for a date and nothing else, and only where the house stands somewhere") {
  SchedulerScene s(kNoon);
  CHECK(s.scheduler.sun("2026-06-21").error().code == ErrorCode::kUnreachable);
  s.scheduler.set_place(Place(Zone(), Coordinates{51.5, 0}), kMinute);
  const auto sun = s.scheduler.sun("2026-06-21");
  REQUIRE(sun.ok());
  CHECK(sun->sunrise_us < sun->sunset_us);
  for (const auto* wrong :
       {"", "2026-6-21", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "-026-01-01", "2026-+1-01",
        "2026/06/21", " 2026-06-21", "2026-06-21T", "yyyy-mm-dd"}) {
    INFO(wrong);
    const auto none = s.scheduler.sun(wrong);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::kInvalid);
  }
}
