// The timer that never ends by itself.
#include "core/home/wall_steps.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace hearth::core {

namespace {

constexpr std::time_t kFarFuture = 4'000'000'000;  // in 2096

}  // namespace

WallSteps::WallSteps(EventLoop& loop, std::function<void()> stepped)
    : loop_(loop),
      stepped_(std::move(stepped)),
      fd_(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!arm()) return;
  loop_.watch(
      fd_.get(), HEARTH_READABLE,
      [](void* self, std::uint32_t) { static_cast<WallSteps*>(self)->readable(); }, this, &watch_);
}

bool WallSteps::arm() {
  const itimerspec when{{0, 0}, {kFarFuture, 0}};
  return fd_.get() >= 0 &&
         timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, nullptr) == 0;
}

// A clock that is set beyond the far future ends the timer for good: one more notice, and silence.
void WallSteps::readable() {
  std::uint64_t expired = 0;
  const auto size = read(fd_.get(), &expired, sizeof expired);
  const bool cancelled = size < 0 && errno == ECANCELED;
  if (size < 0 && !cancelled) return;
  if (!cancelled || !arm()) {
    loop_.cancel(watch_);
    watch_ = 0;
  }
  stepped_();
}

}  // namespace hearth::core
