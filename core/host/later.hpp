// Later: something that is done once after a while, unless it is dropped before.
#ifndef HEARTH_CORE_HOST_LATER_HPP
#define HEARTH_CORE_HOST_LATER_HPP

#include <functional>
#include <utility>

#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// [loop] `fire` may drop this object.
class Later {
 public:
  Later(EventLoop& loop, std::int64_t delay_us, std::function<void()> fire)
      : loop_(loop), fire_(std::move(fire)) {
    loop_.timer(
        delay_us, 0,
        [](void* self) {
          const auto due = static_cast<Later*>(self)->fire_;
          due();
        },
        this, &timer_);
  }
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;
  ~Later() { loop_.cancel(timer_); }

 private:
  EventLoop& loop_;
  const std::function<void()> fire_;
  hearth_handle timer_ = 0;
};

}  // namespace hearth::core

#endif
