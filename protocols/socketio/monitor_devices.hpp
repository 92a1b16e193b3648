// MonitorDevices: connected monitors as devices of the house.
#ifndef HEARTH_MONITOR_MONITOR_DEVICES_HPP
#define HEARTH_MONITOR_MONITOR_DEVICES_HPP

#include <string>

#include "common/client_devices.hpp"
#include "flow.hpp"

namespace hearth::monitor {

// [loop]
class MonitorDevices {
 public:
  MonitorDevices(Context& ctx, Flow& flow, const House& house);

  // See ClientDevices.
  void begin() { devices_.begin(); }
  void end() { devices_.end(); }
  void recall() { devices_.recall(); }

  // For FlowHooks.
  void came(const std::string& id);
  void went(const std::string& id) { devices_.went(id, "the monitor is not connected"); }

 private:
  void apply(const Command& command, Completion done);

  Flow& flow_;
  protocols::ClientDevices devices_;
};

}  // namespace hearth::monitor

#endif
