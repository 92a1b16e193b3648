// Timers on a loop, and Timers alone where the clock has to be the test's.
#include "core/runtime/timers.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "test/core/runtime/looped.hpp"

using namespace hearth::core;
using hearth::core::test::Looped;

TEST_CASE_METHOD(Looped, "timers fire in the order of their times, not of their setting") {
  std::vector<int> fired;
  after(3'000, [&] { fired.push_back(3); });
  after(1'000, [&] { fired.push_back(1); });
  after(2'000, [&] { fired.push_back(2); });
  after(4'000, [this] { quit(); });
  CHECK(run());
  CHECK(fired == std::vector<int>{1, 2, 3});
}

TEST_CASE_METHOD(Looped, "a timer never fires early") {
  const auto began = steady_now_us();
  std::int64_t fired = 0;
  after(5'300, [&] {
    fired = steady_now_us();
    quit();
  });
  CHECK(run());
  CHECK(fired - began >= 5'300);
}

TEST_CASE_METHOD(Looped, "a periodic timer fires until it is cancelled, also in its own callback") {
  int fired = 0;
  hearth_handle handle = 0;
  handle = every(0, 500, [&] {
    if (++fired < 5) return;
    CHECK(loop.cancel(handle));
    after(3'000, [this] { quit(); });
  });
  CHECK(run());
  CHECK(fired == 5);
}

TEST_CASE_METHOD(Looped, "a timer that fires once has ended: cancelling it finds nothing") {
  hearth_handle handle = 0;
  handle = after(0, [&] {
    CHECK_FALSE(loop.cancel(handle));
    quit();
  });
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "a timer may cancel another that is due at the same time") {
  hearth_handle second = 0;
  after(0, [&] { CHECK(loop.cancel(second)); });
  second = after(0, [] { FAIL("cancelled"); });
  after(2'000, [this] { quit(); });
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "timers that set themselves anew at once let posted functions through") {
  std::function<void()> again = [&] { after(0, again); };
  again();
  loop.post([this] { loop.post([this] { quit(); }); });
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "negative times are refused") {
  hearth_handle handle = 0;
  CHECK(loop.timer(
            -1, 0, [](void*) {}, nullptr, &handle) == HEARTH_INVALID);
  CHECK(loop.timer(
            0, -1, [](void*) {}, nullptr, &handle) == HEARTH_INVALID);
}

TEST_CASE_METHOD(Looped, "a timer of all the time there is doesn't fire now") {
  constexpr auto kForever = std::numeric_limits<std::int64_t>::max();
  every(kForever, kForever, [] { FAIL("not in our lifetime"); });
  int fired = 0;
  every(0, kForever, [&] { ++fired; });
  after(2'000, [this] { quit(); });
  CHECK(run());
  CHECK(fired == 1);
}

TEST_CASE("timers due at the same time fire in the order of adding") {
  Timers timers;
  const auto nothing = [](void*) {};
  for (std::uint64_t id = 1; id <= 5; ++id) timers.add(id, 100, 0, nothing, nullptr);
  for (std::uint64_t id = 1; id <= 5; ++id) CHECK(timers.pop(100)->id == id);
  CHECK_FALSE(timers.pop(100));
}

TEST_CASE("a periodic timer that was held up doesn't catch up, and keeps its rhythm") {
  Timers timers;
  timers.add(
      1, 100, 10, [](void*) {}, nullptr);
  CHECK(timers.pop(100));
  CHECK(timers.next() == 110);
  CHECK(timers.pop(157));
  CHECK(timers.next() == 160);
  CHECK_FALSE(timers.pop(159));
}

TEST_CASE("a cancelled timer is gone, and there is no next one without timers") {
  Timers timers;
  timers.add(
      1, 100, 10, [](void*) {}, nullptr);
  CHECK(timers.cancel(1));
  CHECK_FALSE(timers.cancel(1));
  CHECK_FALSE(timers.next());
  CHECK_FALSE(timers.pop(1'000));
}
