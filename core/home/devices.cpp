// Declaring, renaming, losing and finding devices.
#include "core/home/devices.hpp"

#include <algorithm>

#include "core/home/judge.hpp"
#include "core/home/views.hpp"
#include "core/runtime/event_loop.hpp"
#include "hearth/codec.hpp"

namespace hearth::core {

namespace {

bool same(const DeviceDeclared& a, const DeviceDeclared& b) {
  return a.name == b.name && a.location == b.location && a.address == b.address && a.channel == b.channel &&
         a.kind == b.kind && a.capabilities == b.capabilities && a.reachable == b.reachable &&
         a.reason == b.reason;
}

std::string provisional_id(const std::string& driver, const std::string& address, std::int32_t channel) {
  return driver + ":@" + address + (channel == 0 ? "" : "#" + std::to_string(channel));
}

// The value if the capability can have it, else none.
Value possible(const Value& value, const Capability& capability) {
  auto judgement = judged(value, capability);
  return judgement.ok() ? std::move(*judgement) : Value();
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

bool is_provisional(const DeviceRecord& device) {
  return device.wanted && device.id().starts_with(device.plugin + ":@");
}

// Without what is true only now: a device that comes and goes isn't written each time.
store::DeviceRow to_row(const DeviceRecord& d) {
  Builder builder;
  DeviceDeclared lasting = d.declared;
  lasting.reachable = true;
  lasting.reason.clear();
  const auto declaration = encode(builder, lasting);
  return {d.number(),
          d.id(),
          d.plugin,
          d.declared.name,
          d.declared.location,
          d.declared.address,
          d.declared.channel,
          d.wanted,
          d.named,
          std::vector<std::uint8_t>(declaration.data, declaration.data + declaration.size)};
}

store::StateRow to_row(const DeviceRecord& device, const std::string& capability) {
  const auto& state = device.states.find(capability)->second;
  const auto text = [](const Value& value) {
    return type_of(value) == ValueType::kNone ? "" : to_json_text(value);
  };
  return {device.number(),   capability,          text(state.reported),
          state.reported_us, text(state.desired), state.desired_us};
}

void Devices::restore(const store::Snapshot& snapshot) {
  next_number_ = static_cast<std::uint32_t>(snapshot.next_device);
  for (const auto& row : snapshot.devices) restore(row);
  for (const auto& row : snapshot.states) restore(row);
  for (const auto& [key, value] : snapshot.settings)
    if (key.starts_with(kUnwantedKey)) unwanted_.insert(key.substr(kUnwantedKey.size()));
}

void Devices::restore(const store::DeviceRow& row) {
  auto device = std::make_unique<DeviceRecord>();
  // The bytes come from a file; only an aligned and verified copy of them is read.
  std::vector<std::uint64_t> aligned(row.declaration.size() / 8 + 1);
  std::copy(row.declaration.begin(), row.declaration.end(), reinterpret_cast<std::uint8_t*>(aligned.data()));
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
  next_number_ = std::max(next_number_, d.number + 1);
  by_id_[row.id] = device.get();
  ++count_[row.plugin];
  by_number_[d.number] = std::move(device);
}

// What was written under an older declaration is judged by the present one.
void Devices::restore(const store::StateRow& row) {
  auto* device = find(static_cast<std::uint32_t>(row.device));
  const auto* capability = device ? device->find(row.capability) : nullptr;
  if (!capability) return;
  auto& state = device->states[row.capability];
  state.reported = possible(value_from_json_text(row.reported), *capability);
  state.reported_us = type_of(state.reported) == ValueType::kNone ? 0 : row.reported_us;
  state.desired = possible(value_from_json_text(row.desired), *capability);
  state.desired_us = type_of(state.desired) == ValueType::kNone ? 0 : row.desired_us;
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

void Devices::expect(const DeviceWanted& wanted, std::int64_t until_us) {
  std::erase_if(expected_, [now = steady_now_us()](const auto& each) { return each.second < now; });
  expected_[provisional_id(wanted.driver, wanted.address, wanted.channel)] = until_us;
}

bool Devices::is_expected(const std::string& provisional) const {
  const auto until = expected_.find(provisional);
  return until != expected_.end() && until->second >= steady_now_us();
}

// What nobody wants stays away, unless it is what somebody waits for: under its former id, or at that
// address, which may be its own id.
bool Devices::stays_away(const DeviceDeclared& declared, const std::string& plugin) {
  if (!is_unwanted(declared.device)) return false;
  const auto native = declared.device.substr(plugin.size() + 1);
  const bool expected = is_expected(provisional_id(plugin, declared.address, declared.channel)) ||
                        is_expected(provisional_id(plugin, native, declared.channel));
  const auto* before = find(declared.replaces);
  if (!expected && !(before && before->plugin == plugin) && !wish_for(declared, plugin)) return true;
  want_again(declared.device);
  return false;
}

// What somebody waits for at that address, or under that id, which some clients call the address.
DeviceRecord* Devices::wish_for(const DeviceDeclared& declared, const std::string& plugin) {
  const auto native = declared.device.substr(plugin.size() + 1);
  for (const auto& address : {declared.address, native})
    if (auto* wished = find(provisional_id(plugin, address, declared.channel));
        wished && is_provisional(*wished))
      return wished;
  return nullptr;
}

void Devices::want_again(const std::string& id) {
  if (unwanted_.erase(id) != 0) effects_.unwanted(id, false);
}

void Devices::unwant(DeviceRecord& device) {
  const std::string id = device.id();
  const bool makeshift = is_provisional(device);  // only home calls it so
  erase(device);
  if (makeshift || unwanted_.size() >= kMaxUnwanted || !unwanted_.insert(id).second) return;
  effects_.unwanted(id, true);
}

void Devices::welcome(const std::string& driver) {
  const std::string prefix = driver + ":";
  for (auto it = unwanted_.lower_bound(prefix); it != unwanted_.end() && it->starts_with(prefix);) {
    effects_.unwanted(*it, false);
    it = unwanted_.erase(it);
  }
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

// A value of a type or a range that the new declaration doesn't know is a fact no longer.
void Devices::drop_impossible_states(DeviceRecord& device) {
  for (auto it = device.states.begin(); it != device.states.end();) {
    auto& state = it->second;
    const auto* capability = device.find(it->first);
    if (!capability || possible(state.reported, *capability) != state.reported) {
      effects_.state_gone(state);
      state.fact = 0;
      state.reported = {};
      state.reported_us = 0;
    }
    if (!capability || possible(state.desired, *capability) != state.desired) {
      state.desired = {};
      state.desired_us = 0;
    }
    it = capability ? std::next(it) : device.states.erase(it);
  }
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

bool Devices::is_at(const DeviceRecord& device, const DeviceWanted& wanted) {
  const auto& d = device.declared;
  if (device.plugin != wanted.driver || d.channel != wanted.channel) return false;
  return d.address == wanted.address || native_id(device) == wanted.address;
}

// One that answers there comes before one that was seen there once.
DeviceRecord* Devices::at_address(const DeviceWanted& wanted) {
  DeviceRecord* found = nullptr;
  for (const auto& [number, device] : by_number_)
    if (is_at(*device, wanted) && (!found || (device->declared.reachable && !found->declared.reachable)))
      found = device.get();
  return found;
}

Result<DeviceRecord*> Devices::want(const DeviceWanted& wanted, const std::string& id_if_known,
                                    std::uint32_t wish) {
  const auto provisional = provisional_id(wanted.driver, wanted.address, wanted.channel);
  want_again(id_if_known.empty() ? wanted.driver + ":" + wanted.address : id_if_known);
  // An earlier wish for the same address; what else is known there may be another device by now, if the
  // driver names one.
  auto* earlier = find(provisional);
  if (earlier && is_provisional(*earlier) && !id_if_known.empty()) merge(*earlier, id_if_known);
  auto* device = id_if_known.empty() ? at_address(wanted) : find(id_if_known);
  if (!device) device = find(id_if_known.empty() ? provisional : id_if_known);
  if (!device) {
    if (auto no = may_add(wanted.driver); !no.ok()) return no.error();
    device = &add(id_if_known.empty() ? provisional : id_if_known, wanted.driver, wish);
    device->declared.address = wanted.address;
    device->declared.channel = wanted.channel;
    device->declared.reachable = false;
    device->declared.reason = "the driver " + wanted.driver + " hasn't found it yet";
  }
  rename(*device, wanted);
  return device;
}

void Devices::rename(DeviceRecord& device, const DeviceWanted& wanted) {
  device.wanted = true;
  if (!wanted.name.empty()) {
    device.declared.name = wanted.name;
    device.named = true;
  }
  if (device.declared.name.empty()) device.declared.name = device.id();
  if (!wanted.location.empty()) device.declared.location = wanted.location;
}

void Devices::move(DeviceRecord& device, const DeviceWanted& wanted, const std::string& id_if_known) {
  const std::string old_id = device.id();
  rename(device, wanted);
  if (id_if_known.empty() ? is_at(device, wanted) : id_if_known == old_id) return effects_.changed(device);
  auto* there = id_if_known.empty() ? at_address(wanted) : find(id_if_known);
  std::string id = there ? there->id() : id_if_known;
  if (id.empty()) id = provisional_id(wanted.driver, wanted.address, wanted.channel);
  want_again(id);
  effects_.moved(device);
  if (--count_[device.plugin] == 0) count_.erase(device.plugin);
  ++count_[wanted.driver];
  by_id_.erase(old_id);
  set_former(device, {});
  drop_states(device);
  device.plugin = wanted.driver;
  device.declared_now = false;
  auto& d = device.declared;
  d.device = id;
  d.address = wanted.address;
  d.channel = wanted.channel;
  d.kind.clear();
  d.capabilities.clear();
  d.reachable = false;
  d.reason = "the driver " + wanted.driver + " hasn't found it yet";
  if (there) take_place(device, *there);
  by_id_[id] = &device;
  effects_.renamed(device, old_id);
}

// On disk, too.
void Devices::drop_states(DeviceRecord& device) {
  for (auto& [capability, state] : device.states) {
    effects_.state_gone(state);
    state = {};
    effects_.state(device, capability);
  }
  device.states.clear();
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

void Devices::report(DeviceRecord& device, const std::string& capability, const Value& value,
                     std::int64_t time_us) {
  auto& state = device.states[capability];
  const bool news = state.reported != value;
  state.reported = value;
  state.reported_us = time_us;
  if (news) effects_.state(device, capability);
}

void Devices::wish(DeviceRecord& device, const std::string& capability, const Value& value,
                   std::int64_t time_us) {
  auto& state = device.states[capability];
  state.desired = value;
  state.desired_us = time_us;
  effects_.state(device, capability);
}

}  // namespace hearth::core
