// The ways to name a device.
#include "find_device.hpp"

#include <algorithm>
#include <limits>

#include "../color.hpp"

namespace hearth::athome {

std::vector<std::string> names_of(const House::Device& device) {
  const auto declared = lower_case(device.address);
  const auto native = lower_case(std::string_view(device.device).substr(device.plugin().size() + 1));
  return {declared, declared.substr(0, declared.rfind(':')), native};
}

bool answers_to(const House::Device& device, std::string_view driver, std::string_view address,
                std::int32_t channel) {
  if (device.plugin() != driver || device.channel != channel) return false;
  const auto names = names_of(device);
  return std::find(names.begin(), names.end(), lower_case(address)) != names.end();
}

const House::Device* find_number(Call& call, std::int64_t number) {
  const bool possible = number > 0 && number <= std::numeric_limits<std::uint32_t>::max();
  return possible ? call.services().house.find(static_cast<std::uint32_t>(number)) : nullptr;
}

Result<std::string> color_argument(const Arguments& args, std::string_view key) {
  auto text = args.text(key);
  if (!text.ok() || text->empty()) return text;
  if (!parse_color(*text)) return Error{ErrorCode::kInvalid, concat(key, " is not of the form #RRGGBB")};
  return text->starts_with('#') ? *text : "#" + *text;
}

Result<const House::Device*> find_device_by_id(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const auto* device = find_number(call, *id);
  if (!device) return Error{ErrorCode::kInvalid, concat("there is no device with the id ", *id)};
  return device;
}

Result<DeviceWanted> named_device(Call& call) {
  const auto& args = call.args();
  if (!(args.has("device-mfg") || args.has("device-type")) || !args.has("device-address") ||
      !args.has("device-channel"))
    return Error{ErrorCode::kInvalid, "Either device ID or mfg+address+channel is required"};
  const auto driver = driver_argument(call);
  if (!driver.ok()) return driver.error();
  const auto address = args.text("device-address");
  if (!address.ok()) return address.error();
  if (address->empty()) return Error{ErrorCode::kInvalid, "device-address is empty"};
  const auto channel = channel_argument(args);
  if (!channel.ok()) return channel.error();
  const auto name = args.has("device-name") ? args.text("device-name") : Result<std::string>(std::string());
  if (!name.ok()) return name.error();
  return DeviceWanted{*driver, *address, *channel, *name, {}};
}

const House::Device* find_named(Call& call, const DeviceWanted& wanted) {
  for (const auto& [id, device] : call.services().house.devices())
    if (answers_to(device, wanted.driver, wanted.address, wanted.channel)) return &device;
  return nullptr;
}

Result<const House::Device*> find_device(Call& call) {
  if (call.args().has("device-id")) return find_device_by_id(call);
  const auto wanted = named_device(call);
  if (!wanted.ok()) return wanted.error();
  if (const auto* device = find_named(call, *wanted)) return device;
  return Error{ErrorCode::kInvalid, concat("there is no ", wanted->driver, " device with the address ",
                                           wanted->address, " and channel ", wanted->channel)};
}

Result<std::string> driver_argument(Call& call) {
  const auto said = call.args().text(call.args().has("device-mfg") ? "device-mfg" : "device-type");
  if (!said.ok()) return said.error();
  auto driver = driver_of(*said, call.services().is_driver);
  if (!driver) return Error{ErrorCode::kInvalid, "Invalid device mfg/type"};
  return *driver;
}

Result<std::int32_t> channel_argument(const Arguments& args) {
  if (!args.has("device-channel")) return 0;
  const auto channel = args.integer("device-channel", 0, 255);
  if (!channel.ok()) return channel.error();
  return static_cast<std::int32_t>(*channel);
}

}  // namespace hearth::athome
