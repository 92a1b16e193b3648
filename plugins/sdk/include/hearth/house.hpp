// House: a plugin's own mirror of devices, states, groups and programs, kept current by the bus, read without
// leaving the thread.
#ifndef HEARTH_HOUSE_HPP
#define HEARTH_HOUSE_HPP

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hearth/context.hpp"

namespace hearth {

// Make it a member and call follow() in start. Everything: [loop].
class House {
 public:
  struct State {
    Value value;
    std::int64_t since_us = 0;  // wall clock, when it was reported
  };
  struct Device : DeviceDeclared {
    std::map<std::string, State, std::less<>> states;

    const Capability* find(std::string_view capability) const {
      for (const auto& c : capabilities)
        if (c.name == capability) return &c;
      return nullptr;
    }
    // The reported value; none if nothing was reported yet.
    Value value(std::string_view capability) const {
      const auto state = states.find(capability);
      return state == states.end() ? Value() : state->second.value;
    }
    std::int64_t updated_us = 0;  // the newest of its states and of its declaration
    // The id's part before the colon: the plugin that owns it.
    std::string_view plugin() const { return std::string_view(device).substr(0, device.find(':')); }
  };

  // Starts mirroring. `changed(device)` is called after each change of one, retained ones included;
  // `complete()` once, when everything that is known at the start is here: a protocol opens its port then, so
  // that its first client doesn't see half a house.
  void follow(Context& ctx, std::function<void(const Device&)> changed = {},
              std::function<void()> complete = {}) {
    changed_ = std::move(changed);
    declared_ =
        ctx.bus.subscribe<DeviceDeclared>([this](const DeviceDeclared& d, const Meta& m) { declare(d, m); });
    removed_ = ctx.bus.subscribe<DeviceRemoved>([this](const DeviceRemoved& r) { remove(r.device); });
    states_ = ctx.bus.subscribe<StateChanged>([this](const StateChanged& s, const Meta& m) { report(s, m); });
    groups_defined_ =
        ctx.bus.subscribe<GroupDefined>([this](const GroupDefined& g) { groups_[g.number] = g; });
    groups_removed_ =
        ctx.bus.subscribe<GroupRemoved>([this](const GroupRemoved& g) { groups_.erase(g.number); });
    programs_defined_ =
        ctx.bus.subscribe<ProgramDefined>([this](const ProgramDefined& p) { programs_[p.number] = p; });
    programs_removed_ =
        ctx.bus.subscribe<ProgramRemoved>([this](const ProgramRemoved& p) { programs_.erase(p.number); });
    if (!complete) return;
    synced_ = ctx.bus.request(
        Sync{}, std::chrono::seconds(5), [&ctx, complete = std::move(complete)](const Status& status) {
          if (!status.ok() && status.error().code == ErrorCode::kCancelled) return;
          if (!status.ok()) ctx.log.warning("the house isn't known in full yet: ", status.error().words);
          complete();
        });
  }

  // By id; null if there is none.
  const Device* find(std::string_view id) const {
    const auto device = devices_.find(id);
    return device == devices_.end() ? nullptr : &device->second;
  }
  // By the small number; null if there is none.
  const Device* find(std::uint32_t number) const {
    const auto id = ids_.find(number);
    return id == ids_.end() ? nullptr : find(id->second);
  }
  const std::map<std::string, Device, std::less<>>& devices() const { return devices_; }
  const std::map<std::uint32_t, GroupDefined>& groups() const { return groups_; }
  const std::map<std::uint32_t, ProgramDefined>& programs() const { return programs_; }

 private:
  void declare(const DeviceDeclared& declared, const Meta& meta) {
    auto& device = devices_[declared.device];
    ids_.erase(device.number);
    static_cast<DeviceDeclared&>(device) = declared;
    device.updated_us = std::max(device.updated_us, meta.time_us);
    ids_[device.number] = declared.device;
    if (changed_) changed_(device);
  }
  void remove(const std::string& id) {
    const auto device = devices_.find(id);
    if (device == devices_.end()) return;
    const auto number = ids_.find(device->second.number);
    if (number != ids_.end() && number->second == id) ids_.erase(number);
    devices_.erase(device);
  }
  void report(const StateChanged& state, const Meta& meta) {
    const auto device = devices_.find(state.device);
    if (device == devices_.end()) return;
    device->second.states[state.capability] = {state.value, meta.time_us};
    device->second.updated_us = std::max(device->second.updated_us, meta.time_us);
    if (changed_) changed_(device->second);
  }

  std::map<std::string, Device, std::less<>> devices_;
  std::map<std::uint32_t, std::string> ids_;
  std::map<std::uint32_t, GroupDefined> groups_;
  std::map<std::uint32_t, ProgramDefined> programs_;
  std::function<void(const Device&)> changed_;
  Handle declared_, removed_, states_, groups_defined_, groups_removed_, programs_defined_, programs_removed_;
  Handle synced_;
};

}  // namespace hearth

#endif
