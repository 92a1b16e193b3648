// Signals: SIGTERM, SIGINT and SIGHUP as events on a loop.
#ifndef HEARTH_CORE_APP_SIGNALS_HPP
#define HEARTH_CORE_APP_SIGNALS_HPP

#include <functional>

#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// Make it before any thread is started: it blocks the signals, and threads inherit that. SIGPIPE is ignored
// from then on.
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  // Calls `on_signal(number)` on `loop`, which outlives this.
  void watch(EventLoop& loop, std::function<void(int)> on_signal);

 private:
  void read_all();

  int fd_ = -1;
  std::function<void(int)> on_signal_;
};

}  // namespace hearth::core

#endif
