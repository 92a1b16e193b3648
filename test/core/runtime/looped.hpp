// Looped: an EventLoop that the test itself runs, with function objects in place of (function, void*).
#ifndef HEARTH_TEST_CORE_RUNTIME_LOOPED_HPP
#define HEARTH_TEST_CORE_RUNTIME_LOOPED_HPP

#include <cstdint>
#include <deque>
#include <functional>

#include "core/runtime/event_loop.hpp"

namespace hearth::core::test {

class Looped {
 public:
  static constexpr std::int64_t kPatienceUs = 20'000'000;

  // Runs until quit(); false when that didn't come within the deadline.
  bool run() {
    bool late = false;
    const auto deadline = after(kPatienceUs, [&] {
      late = true;
      quit();
    });
    loop.run();
    loop.cancel(deadline);
    return !late;
  }
  void quit() { loop.quit(); }

  hearth_handle after(std::int64_t delay_us, std::function<void()> fire) {
    return every(delay_us, 0, std::move(fire));
  }
  hearth_handle every(std::int64_t delay_us, std::int64_t period_us, std::function<void()> fire) {
    timers_.push_back(std::move(fire));
    hearth_handle handle = 0;
    loop.timer(
        delay_us, period_us, [](void* of) { (*static_cast<std::function<void()>*>(of))(); }, &timers_.back(),
        &handle);
    return handle;
  }
  hearth_handle watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready) {
    watches_.push_back(std::move(ready));
    hearth_handle handle = 0;
    loop.watch(
        fd, events,
        [](void* of, std::uint32_t e) { (*static_cast<std::function<void(std::uint32_t)>*>(of))(e); },
        &watches_.back(), &handle);
    return handle;
  }

  EventLoop loop;

 private:
  std::deque<std::function<void()>> timers_;
  std::deque<std::function<void(std::uint32_t)>> watches_;
};

}  // namespace hearth::core::test

#endif
