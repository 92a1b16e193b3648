// What systemd is told: readiness, reloading, stopping, and that home's loop still turns.
#ifndef HEARTH_CORE_APP_SYSTEMD_HPP
#define HEARTH_CORE_APP_SYSTEMD_HPP

#include <string>

#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// Does nothing when not started by systemd (sd_notify(3)).
void tell_systemd(const std::string& state);

// Feeds the watchdog from `loop`, if there is one (sd_watchdog_enabled(3)): when home hangs, systemd restarts
// the server.
void feed_watchdog(EventLoop& loop);

}  // namespace hearth::core

#endif
