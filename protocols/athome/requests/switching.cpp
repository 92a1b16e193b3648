// One device: On, Off, Dim, Bright, OnOffStatus.
#include <algorithm>
#include <cmath>

#include "../color.hpp"
#include "commands.hpp"
#include "find_device.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

constexpr std::int64_t kDarkest = 1, kBrightest = 100;

Status check_range(const Capability& capability, std::string_view argument, std::int64_t value) {
  const auto number = static_cast<double>(value);
  if (!capability.has_range() || (number >= capability.min && number <= capability.max)) return {};
  return {ErrorCode::kInvalid,
          concat(argument, " must be from ", capability.min, " to ", capability.max, " for this device")};
}

std::int64_t within(const Capability& capability, std::int64_t percent) {
  percent = std::clamp(percent, kDarkest, kBrightest);
  if (!capability.has_range()) return percent;
  return std::llround(std::clamp(static_cast<double>(percent), capability.min, capability.max));
}

// The brightness that a request asks for: device-brightness, or a dim-amount other than 0, which must not
// mean dark; -1: none.
Result<std::int64_t> asked_brightness(const Arguments& args) {
  std::int64_t percent = -1;
  if (args.has("dim-amount")) {
    auto amount = args.integer("dim-amount", 0, 100);
    if (!amount.ok()) return amount;
    if (*amount > 0) percent = *amount;
  }
  return args.has("device-brightness") ? args.integer("device-brightness", 0, 100) : percent;
}

// What the request asks for or, where it doesn't, what the device was defined with, which is bent to what
// the device can do. Devices that can't do it are simply switched, as the original does with plugs.
Status add_light_steps(Call& call, const House::Device& device, std::vector<Step>& steps) {
  const auto& args = call.args();
  const auto* preset = call.services().presets.find(device.number);
  const auto percent = asked_brightness(args);
  if (!percent.ok()) return percent.error();
  if (const auto* brightness = writable(device, "brightness")) {
    if (*percent >= 0) {
      const auto said = args.has("device-brightness") ? "device-brightness" : "dim-amount";
      if (auto status = check_range(*brightness, said, *percent); !status.ok()) return status;
      steps.push_back({"brightness", *percent});
    } else if (preset && preset->brightness) {
      steps.push_back({"brightness", within(*brightness, *preset->brightness)});
    }
  }
  auto color =
      args.has("device-color") ? color_argument(args, "device-color") : Result<std::string>(std::string());
  if (!color.ok()) return color.error();
  if (color->empty() && preset) *color = preset->color;
  if (!color->empty() && writable(device, "color")) steps.push_back({"color", *parse_color(*color)});
  return {};
}

// One that nobody has found yet may be able to: the house knows, or says that it can't be reached.
bool may_switch(const House::Device& device) {
  return writable(device, "on_off") || (device.capabilities.empty() && !device.reachable);
}

Status switch_device(Call& call, const House::Device& device, bool on) {
  std::vector<Step> steps;
  if (on) {
    if (auto status = add_light_steps(call, device, steps); !status.ok()) return status;
  } else if (const auto amount = asked_brightness(call.args()); !amount.ok()) {
    return amount.error();
  }
  if (!may_switch(device)) return {ErrorCode::kInvalid, "the device cannot be switched"};
  steps.push_back({"on_off", on});
  carry_out(call, device.device, std::move(steps));
  return {};
}

// A device that nobody has defined, only named by maker, address and channel. Its driver is asked for it;
// what can't be found isn't kept.
void switch_stranger(Call& call, DeviceWanted wanted, bool on) {
  wanted.only_if_found = true;
  call.ask<DeviceTaken>(wanted, [&call, on](const DeviceTaken& taken) {
    const auto* device = call.services().house.find(std::string_view(taken.device));
    if (!device) return call.refuse(kServerError, "the device is gone again");
    if (const auto status = switch_device(call, *device, on); !status.ok()) call.refuse(status.error());
  });
}

Status switch_to(Call& call, bool on) {
  if (call.args().has("device-id")) {
    const auto device = find_device_by_id(call);
    return device.ok() ? switch_device(call, **device, on) : device.status();
  }
  const auto wanted = named_device(call);
  if (!wanted.ok()) return wanted.error();
  if (const auto* known = find_named(call, *wanted)) return switch_device(call, *known, on);
  switch_stranger(call, *wanted, on);
  return {};
}

// Dim and Bright are of the days of X10, whose clients named a device by its house-device-code; those of
// today send its id.
Result<const House::Device*> find_light(Call& call) {
  if (!call.args().has("house-device-code") || call.args().has("device-id")) return find_device(call);
  const auto id = call.args().integer("house-device-code");
  const auto* device = id.ok() ? find_number(call, *id) : nullptr;
  if (!device) return Error{ErrorCode::kInvalid, "house-device-code is no device's id"};
  return device;
}

// By so many percent points from what the light reports.
Status change_brightness(Call& call, std::string_view argument, int sign) {
  const auto found = find_light(call);
  if (!found.ok()) return found.error();
  const auto amount = call.args().integer(argument, 0, 100);
  if (!amount.ok()) return amount.error();
  const auto& device = **found;
  const auto* brightness = writable(device, "brightness");
  if (!brightness) {
    call.refuse(kNotImplemented, "the device cannot be dimmed");
    return {};
  }
  const auto now = as_number(device.value("brightness"));
  const auto percent = (std::isfinite(now) ? std::llround(now) : kBrightest) + sign * *amount;
  carry_out(call, device.device, {{"brightness", within(*brightness, percent)}});
  return {};
}

}  // namespace

Status switch_on(Call& call) { return switch_to(call, true); }

Status switch_off(Call& call) { return switch_to(call, false); }

Status dim(Call& call) { return change_brightness(call, "dim-amount", -1); }

Status brighten(Call& call) {
  return change_brightness(
      call,
      call.args().has("dim-amount") && !call.args().has("bright-amount") ? "dim-amount" : "bright-amount", 1);
}

Status on_off_status(Call& call) {
  const auto found = find_device(call);
  if (!found.ok()) return found.error();
  const auto& device = **found;
  const auto on = device.value("on_off");
  const bool is_on = std::holds_alternative<bool>(on) && std::get<bool>(on);
  auto response = call.success();
  call.echo(response, "device-id");
  response.raw("on", is_on ? "true" : "false");
  response.field("type", device.kind.empty() ? std::string_view("unknown") : device.kind);
  call.reply(response);
  return {};
}

}  // namespace hearth::athome
