// Through libsystemd.
#include "core/app/systemd.hpp"

#include <systemd/sd-daemon.h>

namespace hearth::core {

void tell_systemd(const std::string& state) { sd_notify(0, state.c_str()); }

void feed_watchdog(EventLoop& loop) {
  std::uint64_t interval_us = 0;
  if (sd_watchdog_enabled(0, &interval_us) <= 0) return;
  hearth_handle handle = 0;
  const auto period = static_cast<std::int64_t>(interval_us / 2);
  loop.timer(
      period, period, [](void*) { sd_notify(0, "WATCHDOG=1"); }, nullptr, &handle);
}

}  // namespace hearth::core
