// Devices as such: QueryDevices, DefineDevice.
#include <limits>

#include "../color.hpp"
#include "find_device.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

// Clients of the original send colour and brightness with the definition. Here both are facts of the device,
// so they are only checked.
Status check_defaults(const Arguments& args) {
  if (args.has("device-brightness")) {
    if (const auto percent = args.integer("device-brightness", 0, 100); !percent.ok()) return percent.error();
  }
  if (!args.has("device-color")) return {};
  const auto color = args.text("device-color");
  if (!color.ok()) return color.error();
  if (!color->empty() && !parse_color(*color))
    return {ErrorCode::kInvalid, "device-color is not of the form #RRGGBB"};
  return {};
}

Result<DeviceWanted> wanted(Call& call) {
  const auto& args = call.args();
  auto name = args.text("device-name");
  if (!name.ok()) return name.error();
  auto location = args.text("device-location");
  if (!location.ok()) return location.error();
  auto driver = driver_argument(call);
  if (!driver.ok()) return driver.error();
  auto address = args.text("device-address");
  if (!address.ok()) return address.error();
  if (address->empty()) return Error{ErrorCode::kInvalid, "device-address is empty"};
  const auto channel = channel_argument(args);
  if (!channel.ok()) return channel.error();
  if (const auto status = check_defaults(args); !status.ok()) return status.error();
  return DeviceWanted{*driver, *address, *channel, *name, *location};
}

}  // namespace

Status query_devices(Call& call) {
  if (!call.args().has("device-id")) {
    auto response = call.success();
    response.raw("devices", call.services().devices.all());
    call.reply(response);
    return {};
  }
  const auto device = find_device_by_id(call);
  if (!device.ok()) return device.error();
  auto response = call.success();
  response.raw("device", call.services().devices.one(**device));
  call.reply(response);
  return {};
}

Status define_device(Call& call) {
  const auto wish = wanted(call);
  if (!wish.ok()) return wish.error();
  call.wait_for(call.services().want_device(*wish, [&call](const Result<DeviceTaken>& taken) {
    if (!taken.ok()) return call.refuse(taken.error());
    auto response = call.success();
    response.field("device-id", std::int64_t{taken->number});
    call.reply(response);
  }));
  return {};
}

}  // namespace hearth::athome
