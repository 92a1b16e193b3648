// What every plugin may do on the bus, whatever its permissions.
#ifndef HEARTH_CORE_RUNTIME_RIGHTS_HPP
#define HEARTH_CORE_RUNTIME_RIGHTS_HPP

#include "hearth/codec.hpp"
#include "hearth/messages.hpp"

namespace hearth::core {

// A driver hears that the house has no more use for one of its devices.
constexpr bool everybody_may_hear(hearth_type type) { return type == kType<DeviceRemoved>; }
// It changes nothing, or only what is the plugin's own.
constexpr bool everybody_may_ask(hearth_type type) { return type == kType<Sync> || type == kType<StorePut>; }

}  // namespace hearth::core

#endif
