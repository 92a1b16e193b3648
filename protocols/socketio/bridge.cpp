// From an order to the bus, and from the mirror of the house to JSON.
#include "bridge.hpp"

#include <boost/json/array.hpp>

#include "values.hpp"

namespace hearth::monitor {

namespace {

boost::json::object shown(const House::Device& device) {
  boost::json::object states;
  for (const auto& [capability, state] : device.states) states[capability] = json_of(state.value);
  return {{"id", device.device},
          {"name", device.name},
          {"reachable", device.reachable},
          {"states", std::move(states)}};
}

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
  const auto ticket = ++last_;
  open_[ticket];  // the answer may come before the handle
  auto handle = command_(order->device->device, std::move(order->capability), std::move(order->value),
                         [this, ticket, answer = std::move(answer)](const CommandDone& done) {
                           const auto keep = answer;
                           const auto open = open_.extract(ticket);
                           if (done.outcome == Outcome::kOk) return keep(boost::json::object());
                           const auto words = done.words.empty() ? name(done.outcome) : done.words;
                           keep(Error{ErrorCode::kFailed, std::string(words)});
                         });
  if (const auto open = open_.find(ticket); open != open_.end()) open->second = std::move(handle);
}

Result<boost::json::object> Bridge::status(const House::Device* only) const {
  boost::json::array devices;
  if (only) devices.emplace_back(shown(*only));
  std::size_t bytes = 0;
  for (const auto& [id, device] : devices_) {
    if (only) break;
    bytes += size_of(device);
    if (bytes > kMostStatus)
      return Error{ErrorCode::kFailed, "the house is too large for one answer: ask for status NAME"};
    devices.emplace_back(shown(device));
  }
  return boost::json::object{{"devices", std::move(devices)}};
}

}  // namespace hearth::monitor
