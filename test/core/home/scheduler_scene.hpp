// What the tests of the scheduler share: one on a real loop, with a wall clock that the test sets.
#ifndef HEARTH_TEST_CORE_HOME_SCHEDULER_SCENE_HPP
#define HEARTH_TEST_CORE_HOME_SCHEDULER_SCENE_HPP

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/home/scheduler.hpp"

namespace hearth::core::test {

inline constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                              kDay = 24 * kHour;
inline constexpr std::int64_t kMonday = std::int64_t{1'772'409'600} * kSecond;  // 2026-03-02 00:00 UTC
inline constexpr std::int64_t kNoon = kMonday + 12 * kHour;
inline constexpr std::int32_t kMondayDay = 20'514;

inline LogOptions silent() {
  LogOptions options;
  options.fd = -1;
  return options;
}

// One that switches on each day, so many seconds after midnight.
inline ProgramRecord at(std::uint32_t number, std::uint32_t time_s, std::int64_t updated_us = 0) {
  ProgramRecord record;
  record.number = number;
  record.program.name = "p";
  record.program.trigger = ProgramTrigger::kClock;
  record.program.time_s = time_s;
  record.program.command = ProgramCommand::kOn;
  record.updated_us = updated_us;
  return record;
}

inline constexpr std::uint32_t kNoonS = 12 * 3600;

struct SchedulerScene {
  explicit SchedulerScene(std::int64_t now_us) : set_us(now_us) {}

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
        most_us, 0, [](void* self) { static_cast<SchedulerScene*>(self)->loop.quit(); }, this, &end);
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

}  // namespace hearth::core::test

#endif
