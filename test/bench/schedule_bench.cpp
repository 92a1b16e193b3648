// schedule_bench: ten thousand programs, one changed, one due, and all anew; with --rows lines of the table.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/schedule/calendar.hpp"
#include "core/schedule/schedule.hpp"
#include "medians.hpp"
#include "row.hpp"

namespace hearth::bench {
namespace {

using core::Schedule;
using core::Timing;
using core::Trigger;

constexpr std::uint32_t kPrograms = 10'000;
constexpr std::int64_t kNowUs = 1'774'000'000 * core::kSecondUs;  // in March 2026, before the clocks change
constexpr std::int64_t kStepUs = 31 * 3'600 * core::kSecondUs;
constexpr std::int64_t kGraceUs = 300 * core::kSecondUs;

// Half by the clock, half by the sun; every second one strays, every third one has some days only.
Timing timing(std::uint32_t number, std::mt19937& random) {
  Timing one;
  one.number = number;
  one.days = number % 3 == 0 ? static_cast<std::uint8_t>(1 + random() % 0x7f) : 0x7f;
  one.trigger = number % 4 == 0 ? Trigger::kSunrise : number % 4 == 1 ? Trigger::kSunset : Trigger::kClock;
  one.time_s = static_cast<std::int32_t>(random() % 86'400);
  one.offset_min = static_cast<std::int32_t>(random() % 121) - 60;
  one.random_min = number % 2 == 0 ? 30 : 0;
  return one;
}

core::Place place() {
  const auto zone = core::Zone::find("Europe/London");
  return core::Place(zone.ok() ? *zone : core::Zone(), core::Coordinates{51.5, -0.1});
}

Schedule schedule_of(std::mt19937& random) {
  Schedule schedule(place());
  for (std::uint32_t number = 1; number <= kPrograms; ++number) schedule.put(timing(number, random), kNowUs);
  benchmark::DoNotOptimize(schedule.take_due(kNowUs, kGraceUs));
  return schedule;
}

// One program is changed, and the next of all is asked for.
void schedule_change(benchmark::State& state) {
  std::mt19937 random(1);
  Schedule schedule = schedule_of(random);
  for (auto _ : state) {
    schedule.put(timing(1 + random() % kPrograms, random), kNowUs);
    benchmark::DoNotOptimize(schedule.next_us());
  }
}
BENCHMARK(schedule_change);

// The clock comes to the next occasion, which is handed out; that program then waits for its next one.
void schedule_due(benchmark::State& state) {
  std::mt19937 random(1);
  Schedule schedule = schedule_of(random);
  std::int64_t handed_out = 0;
  for (auto _ : state) {
    const auto next_us = schedule.next_us();
    // After most of a year: back to where it began, with nothing fired.
    if (!next_us || *next_us > kNowUs + 300 * core::kDayUs) {
      state.PauseTiming();
      schedule = schedule_of(random);
      state.ResumeTiming();
      continue;
    }
    handed_out += static_cast<std::int64_t>(schedule.take_due(*next_us, kGraceUs).size());
  }
  state.counters["each"] = static_cast<double>(handed_out) / static_cast<double>(state.iterations());
}
BENCHMARK(schedule_due);

// The clock is set back by more than a day in which nothing had fired: every program waits for another
// occasion.
void schedule_step(benchmark::State& state) {
  std::mt19937 random(1);
  Schedule schedule = schedule_of(random);
  std::int64_t now_us = kNowUs;
  for (auto _ : state) {
    now_us -= kStepUs;
    benchmark::DoNotOptimize(schedule.take_due(now_us, kGraceUs));
  }
}
BENCHMARK(schedule_step)->Unit(benchmark::kMillisecond)->Iterations(50);

// A start: a place that has seen no sun yet, and every program put.
void schedule_start(benchmark::State& state) {
  for (auto _ : state) {
    std::mt19937 random(1);
    benchmark::DoNotOptimize(schedule_of(random));
  }
}
BENCHMARK(schedule_start)->Unit(benchmark::kMillisecond);

void print_rows(const Medians& medians) {
  print({"schedule: one of 10,000 programs changed, the next found",
         medians.of("schedule_change") / 1'000,
         "us",
         Bound::kAtMost,
         1'000,
         {},
         {}});
  print({"schedule: the next of 10,000 programs handed out",
         medians.of("schedule_due") / 1'000,
         "us",
         Bound::kNone,
         0,
         {},
         {}});
  print({"schedule: 10,000 programs after a step of the clock",
         medians.of("schedule_step"),
         "ms",
         Bound::kAtMost,
         50,
         {},
         {}});
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) { return hearth::bench::run(argc, argv, hearth::bench::print_rows); }
