// MonitorDevices: connected monitors as devices of the house, which commands them like any other.
#ifndef HEARTH_MONITOR_MONITOR_DEVICES_HPP
#define HEARTH_MONITOR_MONITOR_DEVICES_HPP

#include <string>

#include "flow.hpp"
#include "hearth/devices.hpp"

namespace hearth::monitor {

class MonitorDevices {
 public:
  static constexpr std::size_t kMost = 1024;  // further monitors work, but are no devices

  MonitorDevices(Context& ctx, Flow& flow) : ctx_(ctx), flow_(flow), devices_(ctx) {}

  // In start and stop.
  void begin();
  void end() { devices_.end(); }

  // For FlowHooks.
  void came(const std::string& id);
  void went(const std::string& id);

 private:
  void apply(const Command& command, Completion done);

  Context& ctx_;
  Flow& flow_;
  Devices devices_;
  bool told_ = false;  // that there are too many
};

// May it be a device's native id?
bool is_native_id(std::string_view id);

}  // namespace hearth::monitor

#endif
