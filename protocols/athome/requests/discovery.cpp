// What the drivers have: QueryAvailableDevices, DiscoverDevices.
#include <algorithm>

#include "find_device.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

std::string_view manufacturer(std::string_view driver) {
  if (driver == "tplink") return "TPLink";
  if (driver == "meross") return "Meross";
  return driver;
}

// "192.0.2.7:9999" without its port; what has more colons is no such address.
std::string host_of(const std::string& address) {
  const auto colon = address.find(':');
  return colon == address.rfind(':') ? address.substr(0, colon) : address;
}

// As the original's drivers describe a device; `now` is null while the house doesn't know it.
boost::json::object details(const FoundDevice& found, std::string_view driver, const House::Device* now) {
  const auto on = now ? now->value("on_off") : Value();
  boost::json::object json;
  json["manufacturer"] = manufacturer(driver);
  json["model"] = found.model;
  json["label"] = found.name;
  json["channels"] = std::max(found.channels, 1U);
  json["type"] = found.kind.empty() ? std::string("unknown") : found.kind;
  json["host"] = host_of(found.address);
  json["online"] = now && now->reachable;
  json["on"] = std::holds_alternative<bool>(on) && std::get<bool>(on);
  return json;
}

std::string failures_of(const DevicesFound& found) {
  std::string words;
  for (const auto& failure : found.failures) words.append(words.empty() ? "" : "; ").append(failure);
  return words;
}

}  // namespace

// An unknown type has no devices, as with the original. The key is what On and DefineDevice take as address.
Status query_available_devices(Call& call) {
  const auto type = call.args().has("type") ? call.args().text("type") : Result<std::string>(std::string());
  if (!type.ok()) return type.error();
  const auto driver = type->empty() ? std::nullopt : driver_of(*type, call.services().is_driver);
  if (!driver) {
    call.reply_with("devices", "{}");
    return {};
  }
  call.ask<DevicesFound>(DevicesSought{*driver}, [&call, driver = *driver](const DevicesFound& found) {
    if (!found.failures.empty()) return call.refuse(kServerError, failures_of(found));
    boost::json::object devices;
    for (const auto& device : found.devices)
      devices[device.device.substr(driver.size() + 1)] =
          details(device, driver, call.services().house.find(std::string_view(device.device)));
    auto response = call.success();
    response.field("devices", boost::json::value(std::move(devices)));
    call.reply(response);
  });
  return {};
}

Status discover_devices(Call& call) {
  call.ask<DevicesFound>(DevicesSought{"", true}, [&call](const DevicesFound& found) {
    if (!found.failures.empty()) return call.refuse(kServerError, failures_of(found));
    call.succeed();
  });
  return {};
}

}  // namespace hearth::athome
