// Scheduler: has programs run when their time comes, and sleeps in between.
#ifndef HEARTH_CORE_HOME_SCHEDULER_HPP
#define HEARTH_CORE_HOME_SCHEDULER_HPP

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/home/programs.hpp"
#include "core/home/wall_steps.hpp"
#include "core/log/log.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/schedule/schedule.hpp"

namespace hearth::core {

// One timer, for the next occasion of all, and a watch for steps of the wall clock. An occasion that a step,
// a suspend or a restart has passed over is caught up within the grace, else told in the log. [home]
class Scheduler {
 public:
  // `program`'s time has come; once for each occasion. `missed`: it is too late to do anything.
  using Fire = std::function<void(std::uint32_t program, const Occasion&, bool missed)>;
  using Wall = std::function<std::int64_t()>;  // microseconds since 1970

  static constexpr std::int64_t kGraceUs = 300'000'000;

  Scheduler(EventLoop& loop, Log& log, Fire fire, Wall wall = wall_now_us);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  void set_place(Place place, std::int64_t grace_us);

  // A program that was kept, then what was kept of its firings; begin() once all are there.
  void restore(const ProgramRecord& record);
  void fired_before(std::uint32_t program, std::int32_t day) { schedule_.fired_before(program, day); }
  void begin();
  // Nothing runs any more; what falls due now is for the next start.
  void end();

  // A new one, or one whose time has changed: occasions from now on.
  void put(const ProgramRecord& record);
  void remove(std::uint32_t program);

  // Do both run at the same times?
  static bool same_time(const Program& a, const Program& b);

  // The wall clock was set; called by the watch.
  void clock_stepped() {
    if (begun_) run();
  }

  std::vector<Occasion> upcoming(std::uint32_t program, std::size_t count);
  // What keeps it from running, for a person; empty: nothing.
  std::string why_never(std::uint32_t program);
  // "YYYY-MM-DDTHH:MM:SS+hh:mm" in the house's zone.
  std::string local_text(std::int64_t at_us) const;

  // The sun on a date, "YYYY-MM-DD". Errors: no date, kUnreachable without coordinates.
  Result<hearth::SunTimes> sun(const std::string& date);

 private:
  void run();
  void arm();

  EventLoop& loop_;
  Log& log_;
  const Fire fire_;
  const Wall wall_;
  std::int64_t grace_us_ = kGraceUs;
  Schedule schedule_;
  WallSteps steps_;
  hearth_handle timer_ = 0;
  std::int64_t armed_us_ = 0;
  bool begun_ = false;
};

}  // namespace hearth::core

#endif
