// The ways to name a device.
#include "find_device.hpp"

#include <limits>

namespace hearth::athome {

namespace {

// An address is what the driver declared, with or without its port, or the device's native id: clients know
// either.
bool answers_to(const House::Device& device, std::string_view driver, std::string_view address,
                std::int32_t channel) {
  if (device.plugin() != driver || device.channel != channel) return false;
  const auto said = lower_case(address), declared = lower_case(device.address);
  const auto native = lower_case(std::string_view(device.device).substr(driver.size() + 1));
  return said == declared || said == declared.substr(0, declared.rfind(':')) || said == native;
}

}  // namespace

Result<const House::Device*> find_device_by_id(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const bool possible = *id > 0 && *id <= std::numeric_limits<std::uint32_t>::max();
  const auto* device = possible ? call.services().house.find(static_cast<std::uint32_t>(*id)) : nullptr;
  if (!device) return Error{ErrorCode::kInvalid, concat("there is no device with the id ", *id)};
  return device;
}

Result<const House::Device*> find_device(Call& call) {
  const auto& args = call.args();
  if (args.has("device-id")) return find_device_by_id(call);
  if (!(args.has("device-mfg") || args.has("device-type")) || !args.has("device-address") ||
      !args.has("device-channel"))
    return Error{ErrorCode::kInvalid, "Either device ID or mfg+address+channel is required"};
  const auto driver = driver_argument(call);
  if (!driver.ok()) return driver.error();
  const auto address = args.text("device-address");
  if (!address.ok()) return address.error();
  const auto channel = channel_argument(args);
  if (!channel.ok()) return channel.error();
  for (const auto& [id, device] : call.services().house.devices())
    if (answers_to(device, *driver, *address, *channel)) return &device;
  return Error{ErrorCode::kInvalid, concat("there is no ", *driver, " device with the address ", *address,
                                           " and channel ", *channel)};
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
