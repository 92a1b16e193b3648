// The scheduler on a real loop, with a wall clock that the test sets.
#include "core/home/scheduler.hpp"

#include <catch2/catch.hpp>
#include <optional>

using namespace hearth;
using namespace hearth::core;

namespace {

constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::int64_t kMonday = std::int64_t{1'772'409'600} * kSecond;  // 2026-03-02 00:00 UTC
constexpr std::int64_t kNoon = kMonday + 12 * kHour;
constexpr std::int32_t kMondayDay = 20'514;

LogOptions silent() {
  LogOptions options;
  options.fd = -1;
  return options;
}

ProgramRecord at(std::uint32_t number, std::uint32_t time_s, std::int64_t updated_us = 0) {
  ProgramRecord record;
  record.number = number;
  record.program.name = "p";
  record.program.trigger = ProgramTrigger::kClock;
  record.program.time_s = time_s;
  record.program.command = ProgramCommand::kOn;
  record.updated_us = updated_us;
  return record;
}

constexpr std::uint32_t kNoonS = 12 * 3600;

struct Scene {
  explicit Scene(std::int64_t now_us) : set_us(now_us) {}

  std::int64_t now_us() const { return running_since ? set_us + steady_now_us() - *running_since : set_us; }
  // The clock is set, and the scheduler notices.
  void step_to(std::int64_t us) {
    set_us = us;
    scheduler.clock_stepped();
  }
  // Lets the clock and the loop run until something fires, or for `most_us`.
  void run(std::int64_t most_us = 10 * kSecond) {
    running_since = steady_now_us();
    hearth_handle end = 0;
    loop.timer(
        most_us, 0, [](void* self) { static_cast<Scene*>(self)->loop.quit(); }, this, &end);
    loop.run();
    loop.cancel(end);
    set_us = now_us();
    running_since.reset();
  }
  std::vector<std::uint32_t> numbers() const {
    std::vector<std::uint32_t> all;
    for (const auto& [number, occasion] : fired) all.push_back(number);
    return all;
  }

  std::int64_t set_us;
  std::optional<std::int64_t> running_since;
  std::vector<std::pair<std::uint32_t, Occasion>> fired;
  std::vector<std::uint32_t> missed;
  std::function<void(std::uint32_t)> then;
  EventLoop loop;
  Log log{silent()};
  Scheduler scheduler{loop, log,
                      [this](std::uint32_t number, const Occasion& occasion, bool is_missed) {
                        if (is_missed) return missed.push_back(number);
                        fired.emplace_back(number, occasion);
                        if (then) then(number);
                        loop.quit();
                      },
                      [this] { return now_us(); }};
};

using Numbers = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a step forward over a program's time has it run once, within the grace") {
  Scene s(kNoon - kHour);
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
  Scene s(kNoon - kHour);
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
  Scene s(kNoon - kHour);
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
  Scene s(kNoon - kHour);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon - 5 * kHour);
  CHECK(s.fired.empty());
  s.step_to(kNoon);
  CHECK(s.fired.size() == 1);
}

TEST_CASE("the grace is the house's, and another one counts from then on") {
  Scene s(kNoon - kHour);
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
  Scene s(kNoon + kMinute);
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

TEST_CASE("nothing runs before the beginning, whatever the clock does") {
  Scene s(kNoon - kHour);
  s.scheduler.restore(at(1, kNoonS));
  s.step_to(kNoon + kSecond);
  CHECK(s.fired.empty());
  s.scheduler.begin();
  CHECK(s.fired.size() == 1);
}

TEST_CASE("after the end nothing runs any more") {
  Scene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.scheduler.end();
  s.run(20'000);
  s.step_to(kNoon + kSecond);
  CHECK(s.fired.empty());
  CHECK(s.missed.empty());
}

TEST_CASE("a program is run by the loop when its time comes") {
  Scene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  CHECK(s.fired.empty());
  s.run();
  CHECK(s.numbers() == Numbers{1});
  CHECK(s.now_us() >= kNoon);
}

TEST_CASE("a program that is put before the one that is waited for is run first") {
  Scene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS + 3600));
  s.scheduler.put(at(2, kNoonS));
  s.run();
  CHECK(s.numbers() == Numbers{2});
}

TEST_CASE("a program whose time is changed is run at the new one") {
  Scene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS + 3600));
  s.scheduler.put(at(1, kNoonS));
  s.run();
  CHECK(s.numbers() == Numbers{1});
  s.scheduler.put(at(1, kNoonS - 60));  // has passed today
  s.step_to(kNoon + kMinute);
  CHECK(s.fired.size() == 1);
}

TEST_CASE("a program that is removed isn't run, and the next one is waited for") {
  Scene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.scheduler.put(at(2, kNoonS + 3600));
  s.scheduler.remove(1);
  s.scheduler.remove(77);
  s.run(20'000);
  CHECK(s.fired.empty());
  s.step_to(kNoon + kHour - 5'000);
  s.run();
  CHECK(s.numbers() == Numbers{2});
}

TEST_CASE("a program that does nothing, or has no trigger or day, has no times") {
  Scene s(kNoon - kHour);
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

TEST_CASE("what a firing puts and removes is heeded") {
  Scene s(kNoon - kHour);
  s.then = [&](std::uint32_t number) {
    s.scheduler.remove(number);
    s.scheduler.put(at(number + 10, kNoonS + 3600));
  };
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.step_to(kNoon);
  s.then = nullptr;
  s.step_to(kNoon + kHour);
  s.step_to(kNoon + kDay);
  CHECK(s.numbers() == Numbers{1, 11});
}

TEST_CASE("only the letters of its days let a program run") {
  Scene s(kNoon - kHour);
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
  Scene s(kNoon);
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
