// WallSteps: notices that the wall clock was set, or that the machine has slept.
#ifndef HEARTH_CORE_HOME_WALL_STEPS_HPP
#define HEARTH_CORE_HOME_WALL_STEPS_HPP

#include <functional>

#include "core/runtime/event_loop.hpp"
#include "core/system/unique_fd.hpp"

namespace hearth::core {

// A timer far in the future that the kernel cancels when CLOCK_REALTIME jumps (timerfd_create(2),
// TFD_TIMER_CANCEL_ON_SET). Where the kernel has none, nothing is noticed. [loop]
class WallSteps {
 public:
  WallSteps(EventLoop& loop, std::function<void()> stepped);
  WallSteps(const WallSteps&) = delete;
  WallSteps& operator=(const WallSteps&) = delete;
  ~WallSteps() { loop_.cancel(watch_); }

 private:
  bool arm();
  void readable();

  EventLoop& loop_;
  const std::function<void()> stepped_;
  UniqueFd fd_;
  hearth_handle watch_ = 0;
};

}  // namespace hearth::core

#endif
