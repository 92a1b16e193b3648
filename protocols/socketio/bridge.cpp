// From an order to the bus, and from the mirror of the house to JSON.
#include "bridge.hpp"

#include <boost/json/array.hpp>

#include "common/json_values.hpp"

namespace hearth::monitor {

namespace {

// About what it takes as JSON.
std::size_t size_of(const House::Device& device) {
  std::size_t bytes = 64 + device.device.size() + device.name.size();
  for (const auto& [capability, state] : device.states) {
    const auto* text = std::get_if<std::string>(&state.value);
    bytes += 32 + capability.size() + (text ? text->size() : 0);
  }
  return bytes;
}

}  // namespace

void Bridge::run(std::string_view text, Answer answer) {
  auto order = parse(text, devices_);
  if (!order.ok()) return answer(order.error());
  if (order->kind == Order::Kind::kHelp) return answer(boost::json::object{{"help", kHelp}});
  if (order->kind == Order::Kind::kStatus) return answer(status(order->device));
  orders_.run(order->device->device, std::move(order->wishes),
              [answer = std::move(answer)](const Status& how) {
                how.ok() ? answer(boost::json::object()) : answer(how.error());
              });
}

Result<boost::json::object> Bridge::status(const House::Device* only) const {
  boost::json::array devices;
  if (only) devices.emplace_back(protocols::shown(*only));
  std::size_t bytes = 0;
  for (const auto& [id, device] : devices_) {
    if (only) break;
    bytes += size_of(device);
    if (bytes > kMostStatus)
      return Error{ErrorCode::kFailed, "the house is too large for one answer: ask for status NAME"};
    devices.emplace_back(protocols::shown(device));
  }
  return boost::json::object{{"devices", std::move(devices)}};
}

}  // namespace hearth::monitor
