// What the control socket can ask of the plugin host.
#ifndef HEARTH_CORE_HOST_METHODS_HPP
#define HEARTH_CORE_HOST_METHODS_HPP

#include "core/home/methods.hpp"
#include "core/host/host.hpp"

namespace hearth::core {

// plugins.list|inspect|load|unload|reload|enable|disable|enable_all, verbs.list. [home]
Methods host_methods(PluginHost& host);

}  // namespace hearth::core

#endif
