// What people want of devices: that they be there, be others, be called so, or stay away.
#include "core/home/devices.hpp"
#include "core/runtime/event_loop.hpp"

namespace hearth::core {

namespace {

std::string provisional_id(const std::string& driver, const std::string& address, std::int32_t channel) {
  return driver + ":@" + address + (channel == 0 ? "" : "#" + std::to_string(channel));
}

}  // namespace

bool is_provisional(const DeviceRecord& device) {
  return device.wanted && device.id().starts_with(device.plugin + ":@");
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

}  // namespace hearth::core
