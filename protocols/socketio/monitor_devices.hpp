// MonitorDevices: connected monitors as devices of the house, which commands them like any other.
#ifndef HEARTH_MONITOR_MONITOR_DEVICES_HPP
#define HEARTH_MONITOR_MONITOR_DEVICES_HPP

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "flow.hpp"
#include "hearth/devices.hpp"
#include "hearth/house.hpp"
#include "seldom.hpp"

namespace hearth::monitor {

// Anybody who may be a monitor can make up names, so their number is bounded: of those that are away the
// longest gone makes room, unless somebody in the house has a use for it. [loop]
class MonitorDevices {
 public:
  static constexpr std::size_t kMost = 1024;    // further monitors work, but are no devices
  static constexpr std::size_t kMostAway = 64;  // that nobody has a use for
  // Those of earlier runs have so long to come back.
  static constexpr Microseconds kReturn = std::chrono::minutes(10);

  MonitorDevices(Context& ctx, Flow& flow, const House& house)
      : ctx_(ctx), flow_(flow), house_(house), devices_(ctx) {}
  MonitorDevices(const MonitorDevices&) = delete;
  MonitorDevices& operator=(const MonitorDevices&) = delete;

  // In start and stop.
  void begin();
  void end() { devices_.end(); }
  // Learns which ones earlier runs have left. Once, when the house is known and before the first monitor.
  void recall();

  // For FlowHooks.
  void came(const std::string& id);
  void went(const std::string& id);

 private:
  struct Known {
    std::uint64_t away = 0;  // its place among those that are; 0: it is here
    bool commanded = false;  // in this run
  };

  void apply(const Command& command, Completion done);
  // Why it can't become one; empty: it can.
  std::string objection(const std::string& id) const;
  void make_room();
  void withdraw(const std::string& id);
  void forget(const std::string& id);

  Context& ctx_;
  Flow& flow_;
  const House& house_;
  Devices devices_;
  std::map<std::string, Known> known_;          // by native id; of this run and of earlier ones
  std::map<std::uint64_t, std::string> away_;   // the longest gone first
  std::uint64_t last_ = 0, last_recalled_ = 0;  // places
  Microseconds begun_{0};
  Seldom refused_;
};

// May it be a device's native id?
bool is_native_id(std::string_view id);

}  // namespace hearth::monitor

#endif
