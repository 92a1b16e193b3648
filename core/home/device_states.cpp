// What devices report and what is wished of them, also as the store keeps it.
#include <iterator>

#include "core/home/devices.hpp"
#include "core/home/judge.hpp"
#include "core/home/views.hpp"

namespace hearth::core {

namespace {

// The value if the capability can have it, else none.
Value possible(const Value& value, const Capability& capability) {
  auto judgement = judged(value, capability);
  return judgement.ok() ? std::move(*judgement) : Value();
}

}  // namespace

store::StateRow to_row(const DeviceRecord& device, const std::string& capability) {
  const auto& state = device.states.find(capability)->second;
  const auto text = [](const Value& value) {
    return type_of(value) == ValueType::kNone ? "" : to_json_text(value);
  };
  return {device.number(),   capability,          text(state.reported),
          state.reported_us, text(state.desired), state.desired_us};
}

// What was written under an older declaration is judged by the present one.
void Devices::restore(const store::StateRow& row) {
  auto* device = find(static_cast<std::uint32_t>(row.device));
  const auto* capability = device ? device->find(row.capability) : nullptr;
  if (!capability) return;
  auto& state = device->states[row.capability];
  state.reported = possible(value_from_json_text(row.reported), *capability);
  state.reported_us = type_of(state.reported) == ValueType::kNone ? 0 : row.reported_us;
  state.desired = possible(value_from_json_text(row.desired), *capability);
  state.desired_us = type_of(state.desired) == ValueType::kNone ? 0 : row.desired_us;
}

void Devices::report(DeviceRecord& device, const std::string& capability, const Value& value,
                     std::int64_t time_us) {
  auto& state = device.states[capability];
  const bool news = state.reported != value;
  state.reported = value;
  state.reported_us = time_us;
  if (news) effects_.state(device, capability);
}

void Devices::wish(DeviceRecord& device, const std::string& capability, const Value& value,
                   std::int64_t time_us) {
  auto& state = device.states[capability];
  state.desired = value;
  state.desired_us = time_us;
  effects_.state(device, capability);
}

// On disk, too.
void Devices::drop_states(DeviceRecord& device) {
  for (auto& [capability, state] : device.states) {
    effects_.state_gone(state);
    state = {};
    effects_.state(device, capability);
  }
  device.states.clear();
}

// A value of a type or a range that the new declaration doesn't know is a fact no longer.
void Devices::drop_impossible_states(DeviceRecord& device) {
  for (auto it = device.states.begin(); it != device.states.end();) {
    auto& state = it->second;
    const auto* capability = device.find(it->first);
    if (!capability || possible(state.reported, *capability) != state.reported) {
      effects_.state_gone(state);
      state.fact = 0;
      state.reported = {};
      state.reported_us = 0;
    }
    if (!capability || possible(state.desired, *capability) != state.desired) {
      state.desired = {};
      state.desired_us = 0;
    }
    it = capability ? std::next(it) : device.states.erase(it);
  }
}

}  // namespace hearth::core
