// Ordered by due time; equal times fire in the order of adding.
#include "core/runtime/timers.hpp"

namespace hearth::core {

void Timers::add(std::uint64_t id, std::int64_t due_us, std::int64_t period_us, hearth_timer_fn fire,
                 void* arg) {
  by_id_[id] = by_time_.emplace(due_us, Timer{id, period_us, fire, arg});
}

bool Timers::cancel(std::uint64_t id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return false;
  by_time_.erase(known->second);
  by_id_.erase(known);
  return true;
}

std::optional<Timers::Due> Timers::pop(std::int64_t now_us) {
  const auto first = by_time_.begin();
  if (first == by_time_.end() || first->first > now_us) return {};
  const Timer timer = first->second;
  const std::int64_t due_us = first->first;
  by_time_.erase(first);
  if (timer.period_us <= 0) {
    by_id_.erase(timer.id);
    return Due{timer.id, timer.fire, timer.arg, true};
  }
  const std::int64_t missed = (now_us - due_us) / timer.period_us;
  by_id_[timer.id] = by_time_.emplace(due_us + (missed + 1) * timer.period_us, timer);
  return Due{timer.id, timer.fire, timer.arg, false};
}

std::optional<std::int64_t> Timers::next() const {
  if (by_time_.empty()) return {};
  return by_time_.begin()->first;
}

}  // namespace hearth::core
