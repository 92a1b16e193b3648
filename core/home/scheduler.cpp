// Between programs, the clock and the loop's one timer.
#include "core/home/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "core/schedule/calendar.hpp"

namespace hearth::core {

namespace {

std::uint8_t mask_of(const std::string& days) {
  std::uint8_t mask = 0;
  for (std::size_t i = 0; i < days.size() && i < 7; ++i)
    if (days[i] != '-' && days[i] != '.') mask = static_cast<std::uint8_t>(mask | 1u << i);
  return mask;
}

// A program that does nothing has no times.
Timing timing_of(std::uint32_t number, const Program& p) {
  const auto trigger = p.command == ProgramCommand::kNone ? ProgramTrigger::kNone : p.trigger;
  return {number,
          mask_of(p.days),
          static_cast<Trigger>(trigger),
          static_cast<std::int32_t>(p.time_s),
          p.offset_min,
          p.randomize ? static_cast<std::int32_t>(p.random_min) : 0};
}

// "2026-06-21"; none for what is no date.
std::optional<std::int32_t> day_of(const std::string& date) {
  int year = 0;
  unsigned month = 0, day = 0;
  const auto take = [&date](std::size_t at, std::size_t size, auto& into) {
    const auto* end = date.data() + at + size;
    const auto read = std::from_chars(date.data() + at, end, into);
    return read.ec == std::errc() && read.ptr == end && date[at] != '-';
  };
  if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !take(0, 4, year) || !take(5, 2, month) ||
      !take(8, 2, day))
    return std::nullopt;
  const std::chrono::year_month_day calendar{std::chrono::year(year), std::chrono::month(month),
                                             std::chrono::day(day)};
  if (!calendar.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(calendar).time_since_epoch().count());
}

}  // namespace

Scheduler::Scheduler(EventLoop& loop, Log& log, Fire fire, Wall wall)
    : loop_(loop),
      log_(log),
      fire_(std::move(fire)),
      wall_(std::move(wall)),
      schedule_(Place(Zone())),
      steps_(loop, [this] { clock_stepped(); }) {}

Scheduler::~Scheduler() { loop_.cancel(timer_); }

void Scheduler::set_place(Place place, std::int64_t grace_us) {
  if (begun_) run();
  grace_us_ = grace_us;
  schedule_.set_place(std::move(place), wall_());
  if (begun_) run();
}

void Scheduler::restore(const ProgramRecord& record) {
  schedule_.put(timing_of(record.number, record.program), record.updated_us);
}

void Scheduler::end() {
  begun_ = false;
  loop_.cancel(std::exchange(timer_, 0));
}

void Scheduler::begin() {
  begun_ = true;
  run();
}

void Scheduler::put(const ProgramRecord& record) {
  schedule_.put(timing_of(record.number, record.program), wall_());
  arm();
}

void Scheduler::remove(std::uint32_t program) {
  schedule_.remove(program);
  arm();
}

bool Scheduler::same_time(const Program& a, const Program& b) { return timing_of(0, a) == timing_of(0, b); }

void Scheduler::run() {
  loop_.cancel(std::exchange(timer_, 0));
  for (const auto& due : schedule_.take_due(wall_(), grace_us_)) {
    if (due.missed)
      log_.warning(fmt::format("program {} did not run at {}: noticed too late", due.number,
                               local_text(due.occasion.at_us)));
    fire_(due.number, due.occasion, due.missed);
  }
  arm();
}

// The loop's timers follow the steady clock, which runs as the wall clock does but for steps; those are
// noticed.
void Scheduler::arm() {
  if (!begun_) return;
  const auto next = schedule_.next_us();
  if (timer_ != 0 && next && *next == armed_us_) return;
  loop_.cancel(std::exchange(timer_, 0));
  if (!next) return;
  armed_us_ = *next;
  loop_.timer(
      std::max<std::int64_t>(0, *next - wall_()), 0,
      [](void* of) {
        auto& self = *static_cast<Scheduler*>(of);
        self.timer_ = 0;
        self.run();
      },
      this, &timer_);
}

std::vector<Occasion> Scheduler::upcoming(std::uint32_t program, std::size_t count) {
  return schedule_.upcoming(program, wall_(), count);
}

std::string Scheduler::why_never(std::uint32_t program) { return schedule_.why_never(program, wall_()); }

std::string Scheduler::local_text(std::int64_t at_us) const {
  const auto utc_s = floor_div(at_us, kSecondUs);
  const auto offset_s = schedule_.place().zone().span_at(utc_s).offset_s;
  const auto local_s = utc_s + offset_s;
  const std::chrono::sys_days day{std::chrono::days(floor_div(local_s, kDaySeconds))};
  const std::chrono::year_month_day date(day);
  const auto second = local_s - floor_div(local_s, kDaySeconds) * kDaySeconds;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), second / 3600,
                     second / 60 % 60, second % 60, offset_s < 0 ? '-' : '+', std::abs(offset_s) / 3600,
                     std::abs(offset_s) / 60 % 60);
}

Result<hearth::SunTimes> Scheduler::sun(const std::string& date) {
  const auto day = day_of(date);
  if (!day) return Error{ErrorCode::kInvalid, "a date is of the form YYYY-MM-DD"};
  const auto* sun = schedule_.place().sun(*day);
  if (!sun) return Error{ErrorCode::kUnreachable, "[home] has no latitude and longitude"};
  return hearth::SunTimes{sun->sunrise_us.value_or(0), sun->sunset_us.value_or(0),
                          static_cast<hearth::Polar>(sun->polar)};
}

}  // namespace hearth::core
