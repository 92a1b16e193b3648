// The registry: declaring, finding, losing and merging devices.
#include "core/home/devices.hpp"

#include <algorithm>

namespace hearth::core {

namespace {

bool same(const DeviceDeclared& a, const DeviceDeclared& b) {
  return a.name == b.name && a.location == b.location && a.address == b.address && a.channel == b.channel &&
         a.kind == b.kind && a.capabilities == b.capabilities && a.reachable == b.reachable &&
         a.reason == b.reason;
}

}  // namespace

const Capability* DeviceRecord::find(std::string_view capability) const {
  for (const auto& c : declared.capabilities)
    if (c.name == capability) return &c;
  return nullptr;
}

std::string_view native_id(const DeviceRecord& device) {
  return std::string_view(device.id()).substr(device.plugin.size() + 1);
}

DeviceRecord* Devices::find(std::string_view id) {
  const auto device = by_id_.find(std::string(id));
  return device == by_id_.end() ? nullptr : device->second;
}

DeviceRecord* Devices::find(std::uint32_t number) {
  const auto device = by_number_.find(number);
  return device == by_number_.end() ? nullptr : device->second.get();
}

DeviceRecord* Devices::find_reported(std::string_view id) {
  if (auto* device = find(id)) return device;
  const auto former = by_former_id_.find(std::string(id));
  return former == by_former_id_.end() ? nullptr : find(former->second);
}

void Devices::set_former(DeviceRecord& device, const std::string& id) {
  by_former_id_.erase(device.former_id);
  device.former_id = id;
  if (!id.empty()) by_former_id_[id] = device.number();
}

bool Devices::has_room_for(const std::string& plugin, std::size_t more, std::size_t in_all) const {
  const auto count = count_.find(plugin);
  const auto now = count == count_.end() ? 0 : count->second;
  return now + more <= kMaxDevices && by_number_.size() + in_all <= kMaxInAll;
}

Status Devices::may_add(const std::string& plugin) const {
  if (has_room_for(plugin, 1, 1)) return {};
  return {ErrorCode::kBusy, "more than 10000 devices of one plugin, or 20000 in all"};
}

DeviceRecord& Devices::add(const std::string& id, const std::string& plugin, std::uint32_t wish) {
  auto device = std::make_unique<DeviceRecord>();
  device->declared.device = id;
  device->declared.number = wish != 0 && !by_number_.contains(wish) ? wish : next_number_;
  next_number_ = std::max(next_number_, device->declared.number + 1);
  device->plugin = plugin;
  auto& added = *device;
  if (const auto former = by_former_id_.find(id); former != by_former_id_.end())
    if (auto* other = find(former->second)) set_former(*other, {});
  by_id_[id] = device.get();
  ++count_[plugin];
  by_number_[added.number()] = std::move(device);
  return added;
}

// Whoever is told doesn't find it any more.
void Devices::erase(DeviceRecord& device, bool silently) {
  auto erased = by_number_.extract(device.number());
  by_id_.erase(device.id());
  set_former(device, {});
  if (const auto count = count_.find(device.plugin); --count->second == 0) count_.erase(count);
  silently ? effects_.absorbed(*erased.mapped()) : effects_.removed(*erased.mapped());
}

void Devices::merge(DeviceRecord& device, const std::string& id) {
  auto* known = find(id);
  if (known == &device) return;
  const std::string old_id = device.id();
  if (!known) {
    by_id_.erase(old_id);
    if (device.declared.name == old_id) device.declared.name = id;
    device.declared.device = id;
    by_id_[id] = &device;
    set_former(device, old_id);
    return effects_.renamed(device, old_id);
  }
  // Clients may know either number; the older one goes on.
  if (device.number() < known->number()) {
    by_id_.erase(old_id);
    take_place(device, *known);
    by_id_[id] = &device;
    set_former(device, old_id);
    return effects_.renamed(device, old_id);
  }
  if (device.named) {
    known->declared.name = device.declared.name;
    known->declared.location = device.declared.location;
    known->named = true;
  }
  known->wanted = known->wanted || device.wanted;
  effects_.merged(device, *known);
  erase(device);
  set_former(*known, old_id);
  effects_.changed(*known);
}

Status Devices::declare(DeviceDeclared declared, const std::string& plugin) {
  if (stays_away(declared, plugin)) {
    effects_.turned_away(declared.device);
    return {};
  }
  if (const auto* taken = find(declared.device); taken && taken->plugin != plugin)
    return {ErrorCode::kInvalid, "that id is another plugin's device"};
  if (auto* before = find(declared.replaces); before && before->plugin == plugin)
    merge(*before, declared.device);
  auto* device = find(declared.device);
  // A wish for what is at that address, whose answer came too late or not at all, has come true.
  auto* wished = device ? nullptr : wish_for(declared, plugin);
  if (wished) {
    merge(*wished, declared.device);
    device = wished;
  }
  const bool fresh = !device;
  if (fresh) {
    if (auto no = may_add(plugin); !no.ok()) return no;
    device = &add(declared.device, plugin);
  }
  adopt(*device, std::move(declared), fresh);
  return {};
}

void Devices::adopt(DeviceRecord& device, DeviceDeclared declared, bool fresh) {
  declared.number = device.number();
  declared.replaces.clear();
  if (device.named) declared.name = device.declared.name;
  if (device.named || declared.location.empty()) declared.location = device.declared.location;
  if (declared.name.empty()) declared.name = declared.device;
  if (declared.reachable) declared.reason.clear();
  const bool news = fresh || !same(declared, device.declared);
  device.declared = std::move(declared);
  device.declared_now = true;
  drop_impossible_states(device);
  if (news) effects_.changed(device);
}

Status Devices::set_reachable(const DeviceReachable& report, const std::string& plugin) {
  auto* device = find_reported(report.device);
  if (!device && is_unwanted(report.device)) return {};
  if (!device || device->plugin != plugin) return {ErrorCode::kInvalid, "no such device of this plugin"};
  auto& d = device->declared;
  const std::string reason = report.reachable ? "" : report.reason;
  if (d.reachable == report.reachable && d.reason == reason) return {};
  d.reachable = report.reachable;
  d.reason = reason;
  effects_.changed(*device);
  return {};
}

Status Devices::remove(const std::string& id, const std::string& plugin) {
  auto* device = find(id);
  if (!device && is_unwanted(id)) return {};
  if (!device || device->plugin != plugin) return {ErrorCode::kInvalid, "no such device of this plugin"};
  erase(*device);
  return {};
}

void Devices::plugin_started(const std::string& plugin) {
  const std::string reason = "the plugin " + plugin + " hasn't found it yet";
  for (auto& [number, device] : by_number_) {
    if (device->plugin != plugin || device->declared_now) continue;
    device->declared.reason = reason;
    effects_.changed(*device);
  }
}

void Devices::plugin_gone(const std::string& plugin, const std::string& reason) {
  for (auto& [number, device] : by_number_) {
    if (device->plugin != plugin) continue;
    device->declared_now = false;
    if (!device->declared.reachable && device->declared.reason == reason) continue;
    device->declared.reachable = false;
    device->declared.reason = reason;
    effects_.changed(*device);
  }
}

// `device` becomes what `other` is, which ends.
void Devices::take_place(DeviceRecord& device, DeviceRecord& other) {
  auto declared = other.declared;
  declared.number = device.number();
  if (device.named) declared.name = device.declared.name;
  if (device.named && !device.declared.location.empty()) declared.location = device.declared.location;
  device.named = device.named || other.named;
  device.wanted = device.wanted || other.wanted;
  device.declared = std::move(declared);
  device.declared_now = other.declared_now;
  drop_states(device);
  device.states = other.states;
  effects_.merged(other, device);
  erase(other, true);
  for (auto& [capability, state] : device.states) {
    state.fact = 0;
    effects_.state(device, capability);
  }
}

}  // namespace hearth::core
