// Timers: what is to be called when, on one loop, by the steady clock.
#ifndef HEARTH_CORE_RUNTIME_TIMERS_HPP
#define HEARTH_CORE_RUNTIME_TIMERS_HPP

#include <cstdint>
#include <map>
#include <optional>

#include "hearth/abi.h"

namespace hearth::core {

class Timers {
 public:
  // First at `due_us`, then every `period_us`; 0: once. `id` is the caller's, unique among the live ones.
  void add(std::uint64_t id, std::int64_t due_us, std::int64_t period_us, hearth_timer_fn fire, void* arg);
  bool cancel(std::uint64_t id);

  struct Due {
    std::uint64_t id;
    hearth_timer_fn fire;
    void* arg;
    bool last;  // it has ended by firing
  };
  // The next one that is due at `now_us`, if any; a periodic one is set anew, past `now_us` and without
  // catching up.
  std::optional<Due> pop(std::int64_t now_us);

  // When the next is due; none if there are none.
  std::optional<std::int64_t> next() const;

 private:
  struct Timer {
    std::uint64_t id;
    std::int64_t period_us;
    hearth_timer_fn fire;
    void* arg;
  };
  std::multimap<std::int64_t, Timer> by_time_;
  std::map<std::uint64_t, std::multimap<std::int64_t, Timer>::iterator> by_id_;
};

}  // namespace hearth::core

#endif
