// What a change does to the rest of the house: who is told, and what is kept.
#include <utility>

#include "core/home/home.hpp"

namespace hearth::core {

void Home::tell(const Message& message) {
  if (message.fact != 0) facts_.put(message);
  bus_.publish(message);
}

// With a number of its own it isn't an event, so it doesn't give way in a full inbox: whoever missed it would
// believe in the fact for ever.
void Home::tell_end(Message of_a_fact) {
  of_a_fact.fact = facts_.new_number();
  bus_.publish(of_a_fact);
}

void Home::tell(DeviceRecord& device) {
  if (device.fact == 0) device.fact = facts_.new_number();
  Message m = own(kType<DeviceDeclared>, encode(builder_, device.declared));
  m.fact = device.fact;
  tell(m);
}

void Home::tell(const Group& group) { publish_fact(groups_.fact(group), std::to_string(group.number)); }

void Home::tell(const ProgramRecord& program) {
  publish_fact(programs_.fact(program), std::to_string(program.number));
}

// All that are known, with the times at which they were reported.
void Home::tell_states(DeviceRecord& device) {
  for (auto& [capability, state] : device.states) {
    if (type_of(state.reported) == ValueType::kNone) continue;
    if (state.fact == 0) state.fact = facts_.new_number();
    Message m =
        own(kType<StateChanged>, encode(builder_, StateChanged{device.id(), capability, state.reported}));
    m.time_us = state.reported_us;
    m.fact = state.fact;
    tell(m);
  }
}

Devices::Effects Home::device_effects() {
  Devices::Effects effects;
  effects.changed = [this](DeviceRecord& device) {
    if (to_row(device) != device.saved) keep(device);
    tell(device);
  };
  effects.renamed = [this](DeviceRecord& device, const std::string& old_id) {
    forget_facts(device, old_id);
    keep(device);
    tell(device);
    tell_states(device);
    for (const auto group : groups_.with(device.number())) tell(*groups_.find(group));
    for (const auto program : programs_.with(device.number())) tell(*programs_.find(program));
  };
  effects.merged = [this](const DeviceRecord& from, const DeviceRecord& into) {
    replace_everywhere(from, into);
  };
  effects.moved = [this](const DeviceRecord& device) {
    commands_.unreachable(device.number(), "the device is another one now");
  };
  effects.absorbed = [this](DeviceRecord& device) {
    keeper_.write(store::RemoveDevice{device.number()});
    facts_.remove(kType<DeviceDeclared>, device.fact);
    for (const auto& [capability, state] : device.states) facts_.remove(kType<StateChanged>, state.fact);
    commands_.unreachable(device.number(), "the device was replaced");
  };
  effects.removed = [this](DeviceRecord& device) {
    keeper_.write(store::RemoveDevice{device.number()});
    forget_facts(device, device.id());
    for (const auto group : groups_.forget(device.number())) tell(*groups_.find(group));
    for (const auto program : programs_.forget(device.number())) tell(*programs_.find(program));
    commands_.unreachable(device.number(), "the device was removed");
  };
  effects.state = [this](const DeviceRecord& device, const std::string& capability) {
    keeper_.write_state(to_row(device, capability));
  };
  effects.state_gone = [this](const DeviceState& state) { facts_.remove(kType<StateChanged>, state.fact); };
  effects.turned_away = [this](const std::string& id) {
    tell_end(own(kType<DeviceRemoved>, encode(builder_, DeviceRemoved{id})));
  };
  effects.unwanted = [this](const std::string& id, bool is) {
    const auto key = std::string(Devices::kUnwantedKey) + id;
    is ? keeper_.write(store::PutSetting{key, "1"}) : keeper_.write(store::RemoveSetting{key});
  };
  return effects;
}

void Home::replace_everywhere(const DeviceRecord& from, const DeviceRecord& into) {
  for (const auto group : groups_.replace(from.number(), into.number())) {
    tell(*groups_.find(group));
    keep(*groups_.find(group));
  }
  for (const auto program : programs_.replace(from.number(), into.number())) {
    tell(*programs_.find(program));
    keep(*programs_.find(program));
  }
}

// Under its next id it gets new numbers: in a full inbox nothing of it may take a place before its end.
void Home::forget_facts(DeviceRecord& device, const std::string& id) {
  facts_.remove(kType<DeviceDeclared>, std::exchange(device.fact, 0));
  for (auto& [capability, state] : device.states)
    facts_.remove(kType<StateChanged>, std::exchange(state.fact, 0));
  tell_end(own(kType<DeviceRemoved>, encode(builder_, DeviceRemoved{id})));
}

void Home::keep(DeviceRecord& device, Keeper::Done done) {
  device.saved = to_row(device);
  keeper_.write(store::PutDevice{device.saved}, std::move(done));
}

void Home::keep(const Group& group, Keeper::Done done) {
  keeper_.write(store::PutGroup{to_row(group)}, std::move(done));
}

void Home::keep(const ProgramRecord& program, Keeper::Done done) {
  keeper_.write(store::PutProgram{to_row(program), false}, std::move(done));
}

}  // namespace hearth::core
