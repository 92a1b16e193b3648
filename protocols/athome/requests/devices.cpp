// Devices as such: QueryDevices, DefineDevice, UpdateDevice, DeleteDevice.
#include "../color.hpp"
#include "find_device.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

// The brightness and colour that a definition gives a light. What it doesn't name stays as `before`.
Result<Preset> preset_of(const Arguments& args, const Preset* before) {
  Preset preset = before ? *before : Preset();
  if (args.has("device-brightness")) {
    const auto percent = args.integer("device-brightness", 0, 100);
    if (!percent.ok()) return percent.error();
    preset.brightness = *percent;
  }
  if (!args.has("device-color")) return preset;
  const auto color = color_argument(args, "device-color");
  if (!color.ok()) return color.error();
  preset.color = *color;
  return preset;
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
  return DeviceWanted{*driver, *address, *channel, *name, *location};
}

// `done` once it is on disk.
void keep_preset(Call& call, std::uint32_t number, const Preset& preset, std::function<void()> done) {
  auto& services = call.services();
  if (!services.presets.set(number, preset)) return done();
  if (const auto* device = services.house.find(number)) services.devices.changed(*device);
  call.wait_for(services.save_presets([&call, done = std::move(done)](const Status& status) {
    status.ok() ? done() : call.refuse(status.error());
  }));
}

}  // namespace

Status query_devices(Call& call) {
  if (!call.args().has("device-id")) {
    call.reply_with("devices", call.services().devices.all());
    return {};
  }
  const auto device = find_device_by_id(call);
  if (!device.ok()) return device.error();
  call.reply_with("device", call.services().devices.one(**device));
  return {};
}

Status define_device(Call& call) {
  const auto wish = wanted(call);
  if (!wish.ok()) return wish.error();
  const auto preset = preset_of(call.args(), nullptr);
  if (!preset.ok()) return preset.error();
  call.ask<DeviceTaken>(*wish, [&call, preset = *preset](const DeviceTaken& taken) {
    keep_preset(call, taken.number, preset, [&call, number = taken.number] {
      auto response = call.success();
      response.field("device-id", std::int64_t{number});
      call.reply(response);
    });
  });
  return {};
}

// A device that isn't known is updated as the original does it: nothing happens, successfully.
Status update_device(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  auto wish = wanted(call);
  if (!wish.ok()) return wish.error();
  const auto* device = find_number(call, *id);
  const auto preset = preset_of(call.args(), device ? call.services().presets.find(device->number) : nullptr);
  if (!preset.ok()) return preset.error();
  if (!device) {
    call.succeed_with({"device-id"});
    return {};
  }
  wish->number = device->number;
  if (!call.args().has("device-channel")) wish->channel = device->channel;
  if (answers_to(*device, wish->driver, wish->address, wish->channel)) wish->address = address_of(*device);
  call.ask<DeviceTaken>(*wish, [&call, preset = *preset](const DeviceTaken& taken) {
    keep_preset(call, taken.number, preset, [&call] { call.succeed_with({"device-id"}); });
  });
  return {};
}

Status delete_device(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const auto* device = find_number(call, *id);
  const auto gone = [&call] { call.succeed_with({"device-id"}); };
  if (device) {
    call.ask(DeviceUnwanted{device->device}, gone);
  } else {
    gone();
  }
  return {};
}

}  // namespace hearth::athome
