// Many devices: AllDevicesOn, AllDevicesOff, GroupOn, GroupOff.
#include "commands.hpp"
#include "find_group.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

Status switch_many(Call& call, std::vector<std::string> devices, bool on) {
  switch_each(call, std::move(devices), on, [&call, on](std::size_t failed) {
    if (failed == 0) return call.succeed();
    call.refuse(kServerError, concat(failed, " devices failed to turn ", on ? "on" : "off"));
  });
  return {};
}

Status switch_all(Call& call, bool on) {
  std::vector<std::string> devices;
  for (const auto& [id, device] : call.services().house.devices())
    if (writable(device, "on_off")) devices.push_back(id);
  return switch_many(call, std::move(devices), on);
}

// What can't be switched, such as a sensor, is no failure.
Status switch_group(Call& call, bool on) {
  const auto group = find_group(call);
  if (!group.ok()) return group.error();
  std::vector<std::string> devices;
  for (const auto& id : (*group)->devices) {
    const auto* device = call.services().house.find(std::string_view(id));
    if (device && (writable(*device, "on_off") || device->capabilities.empty())) devices.push_back(id);
  }
  return switch_many(call, std::move(devices), on);
}

}  // namespace

Status all_devices_on(Call& call) { return switch_all(call, true); }

Status all_devices_off(Call& call) { return switch_all(call, false); }

Status group_on(Call& call) { return switch_group(call, true); }

Status group_off(Call& call) { return switch_group(call, false); }

}  // namespace hearth::athome
