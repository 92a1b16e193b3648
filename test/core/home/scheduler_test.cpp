// The scheduler on its loop: what runs when its time comes, and between a beginning and an end.
#include "test/core/home/scheduler_scene.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("nothing runs before the beginning, whatever the clock does") {
  SchedulerScene s(kNoon - kHour);
  s.scheduler.restore(at(1, kNoonS));
  s.step_to(kNoon + kSecond);
  CHECK(s.fired.empty());
  s.scheduler.begin();
  CHECK(s.fired.size() == 1);
}

TEST_CASE("after the end nothing runs any more") {
  SchedulerScene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  s.scheduler.end();
  s.run(20'000);
  s.step_to(kNoon + kSecond);
  CHECK(s.fired.empty());
  CHECK(s.missed.empty());
}

TEST_CASE("a program is run by the loop when its time comes") {
  SchedulerScene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS));
  CHECK(s.fired.empty());
  s.run();
  CHECK(s.numbers() == Numbers{1});
  CHECK(s.now_us() >= kNoon);
}

TEST_CASE("a program that is put before the one that is waited for is run first") {
  SchedulerScene s(kNoon - 5'000);
  s.scheduler.begin();
  s.scheduler.put(at(1, kNoonS + 3600));
  s.scheduler.put(at(2, kNoonS));
  s.run();
  CHECK(s.numbers() == Numbers{2});
}

TEST_CASE("a program whose time is changed is run at the new one") {
  SchedulerScene s(kNoon - 5'000);
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
  SchedulerScene s(kNoon - 5'000);
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

TEST_CASE("what a firing puts and removes is heeded") {
  SchedulerScene s(kNoon - kHour);
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
