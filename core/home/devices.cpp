// Declaring, renaming, losing and finding devices.
#include "core/home/devices.hpp"

#include <algorithm>

#include "core/home/views.hpp"
#include "hearth/codec.hpp"

namespace hearth::core {

namespace {

bool same(const DeviceDeclared& a, const DeviceDeclared& b) {
  return a.name == b.name && a.location == b.location && a.address == b.address && a.channel == b.channel &&
         a.kind == b.kind && a.capabilities == b.capabilities && a.reachable == b.reachable && a.reason == b.reason;
}

std::string provisional_id(const DeviceWanted& wanted) {
  const std::string channel = wanted.channel == 0 ? "" : "#" + std::to_string(wanted.channel);
  return wanted.driver + ":@" + wanted.address + channel;
}

}  // namespace

const Capability* DeviceRecord::find(std::string_view capability) const {
  for (const auto& c : declared.capabilities)
    if (c.name == capability) return &c;
  return nullptr;
}

// Without what is true only now: a device that comes and goes isn't written each time.
store::DeviceRow to_row(const DeviceRecord& d) {
  Builder builder;
  DeviceDeclared lasting = d.declared;
  lasting.reachable = true;
  lasting.reason.clear();
  const auto declaration = encode(builder, lasting);
  return {d.number(),  d.id(), d.plugin, d.declared.name, d.declared.location, d.declared.address, d.declared.channel,
          d.wanted, d.named, std::vector<std::uint8_t>(declaration.data, declaration.data + declaration.size)};
}

store::StateRow to_row(const DeviceRecord& device, const std::string& capability) {
  const auto& state = device.states.find(capability)->second;
  const auto text = [](const Value& value) { return type_of(value) == ValueType::kNone ? "" : to_json_text(value); };
  return {device.number(),     capability, text(state.reported), state.reported_us, text(state.desired),
          state.desired_us};
}

void Devices::restore(const store::Snapshot& snapshot) {
  next_number_ = static_cast<std::uint32_t>(snapshot.next_device);
  for (const auto& row : snapshot.devices) {
    auto device = std::make_unique<DeviceRecord>();
    // The bytes come from a file; only an aligned and verified copy of them is read.
    const std::vector<std::uint64_t> aligned = [&] {
      std::vector<std::uint64_t> words(row.declaration.size() / 8 + 1);
      std::copy(row.declaration.begin(), row.declaration.end(), reinterpret_cast<std::uint8_t*>(words.data()));
      return words;
    }();
    auto declared =
        decode<DeviceDeclared>({reinterpret_cast<const std::uint8_t*>(aligned.data()), row.declaration.size()});
    if (declared.ok()) device->declared = std::move(*declared);
    auto& d = device->declared;
    d.device = row.id;
    d.number = static_cast<std::uint32_t>(row.number);
    d.name = row.name;
    d.location = row.location;
    d.address = row.address;
    d.channel = static_cast<std::int32_t>(row.channel);
    d.reachable = false;
    d.reason = "the plugin " + row.plugin + " isn't running";
    device->plugin = row.plugin;
    device->wanted = row.wanted;
    device->named = row.named;
    device->saved = row;
    by_id_[row.id] = device.get();
    ++count_[row.plugin];
    by_number_[d.number] = std::move(device);
  }
  for (const auto& row : snapshot.states) {
    auto* device = find(static_cast<std::uint32_t>(row.device));
    const auto* capability = device ? device->find(row.capability) : nullptr;
    if (!capability) continue;
    auto& state = device->states[row.capability];
    state.reported = converted(value_from_json_text(row.reported), capability->type);
    state.reported_us = row.reported_us;
    state.desired = converted(value_from_json_text(row.desired), capability->type);
    state.desired_us = row.desired_us;
  }
}

DeviceRecord* Devices::find(std::string_view id) {
  const auto device = by_id_.find(std::string(id));
  return device == by_id_.end() ? nullptr : device->second;
}

DeviceRecord* Devices::find(std::uint32_t number) {
  const auto device = by_number_.find(number);
  return device == by_number_.end() ? nullptr : device->second.get();
}

DeviceRecord& Devices::add(const std::string& id, const std::string& plugin) {
  auto device = std::make_unique<DeviceRecord>();
  device->declared.device = id;
  device->declared.number = next_number_++;
  device->plugin = plugin;
  auto& added = *device;
  by_id_[id] = device.get();
  ++count_[plugin];
  by_number_[added.number()] = std::move(device);
  return added;
}

void Devices::erase(DeviceRecord& device) {
  effects_.removed(device);
  --count_[device.plugin];
  by_id_.erase(device.id());
  by_number_.erase(device.number());
}

void Devices::merge(DeviceRecord& device, const std::string& id) {
  auto* known = find(id);
  if (known == &device) return;
  if (!known) {
    const std::string old_id = device.id();
    by_id_.erase(old_id);
    device.declared.device = id;
    by_id_[id] = &device;
    return effects_.renamed(device, old_id);
  }
  if (device.named) {
    known->declared.name = device.declared.name;
    known->declared.location = device.declared.location;
    known->named = true;
  }
  known->wanted = known->wanted || device.wanted;
  erase(device);
  effects_.changed(*known);
}

Status Devices::declare(DeviceDeclared declared, const std::string& plugin) {
  if (auto* before = find(declared.replaces); before && before->plugin == plugin) merge(*before, declared.device);
  auto* device = find(declared.device);
  const bool fresh = !device;
  if (fresh) {
    if (count_[plugin] >= kMaxDevices) return {ErrorCode::kBusy, "more than 10000 devices of one plugin"};
    device = &add(declared.device, plugin);
  }
  declared.number = device->number();
  declared.replaces.clear();
  if (device->named) {
    declared.name = device->declared.name;
    declared.location = device->declared.location;
  }
  if (declared.name.empty()) declared.name = declared.device;
  if (declared.reachable) declared.reason.clear();
  const bool news = fresh || !same(declared, device->declared);
  device->declared = std::move(declared);
  std::erase_if(device->states, [&](const auto& state) {
    const auto* capability = device->find(state.first);
    return !capability || (type_of(state.second.reported) != ValueType::kNone &&
                           type_of(state.second.reported) != capability->type);
  });
  if (news) effects_.changed(*device);
  return {};
}

Status Devices::set_reachable(const DeviceReachable& report, const std::string& plugin) {
  auto* device = find(report.device);
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
  if (!device || device->plugin != plugin) return {ErrorCode::kInvalid, "no such device of this plugin"};
  erase(*device);
  return {};
}

void Devices::plugin_gone(const std::string& plugin, const std::string& reason) {
  for (auto& [number, device] : by_number_) {
    if (device->plugin != plugin || (!device->declared.reachable && device->declared.reason == reason)) continue;
    device->declared.reachable = false;
    device->declared.reason = reason;
    effects_.changed(*device);
  }
}

DeviceRecord& Devices::want(const DeviceWanted& wanted, const std::string& id_if_known) {
  auto* device = id_if_known.empty() ? nullptr : find(id_if_known);
  for (auto it = by_number_.begin(); !device && it != by_number_.end(); ++it) {
    const auto& d = it->second->declared;
    if (it->second->plugin == wanted.driver && d.address == wanted.address && d.channel == wanted.channel)
      device = it->second.get();
  }
  if (!device) {
    device = &add(id_if_known.empty() ? provisional_id(wanted) : id_if_known, wanted.driver);
    device->declared.address = wanted.address;
    device->declared.channel = wanted.channel;
    device->declared.reachable = false;
    device->declared.reason = "the driver " + wanted.driver + " hasn't found it yet";
  }
  device->wanted = true;
  if (!wanted.name.empty()) {
    device->declared.name = wanted.name;
    device->named = true;
  }
  if (device->declared.name.empty()) device->declared.name = device->id();
  if (!wanted.location.empty()) device->declared.location = wanted.location;
  return *device;
}

void Devices::report(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us) {
  auto& state = device.states[capability];
  const bool news = state.reported != value;
  state.reported = value;
  state.reported_us = time_us;
  if (news) effects_.state(device, capability);
}

void Devices::wish(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us) {
  auto& state = device.states[capability];
  state.desired = value;
  state.desired_us = time_us;
  effects_.state(device, capability);
}

}  // namespace hearth::core
