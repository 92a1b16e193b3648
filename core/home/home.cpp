// What home does with each kind of message.
#include "core/home/home.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kTakeTimeoutUs = 4'000'000;  // a driver's time to find a wanted device
constexpr std::size_t kMaxStore = 64 * 1024;        // bytes of StorePut

// Facts that only home states; a plugin that publishes one is not heard.
bool is_homes_own(hearth_type type) {
  constexpr hearth_type own[] = {kType<CommandDone>, kType<GroupDefined>, kType<GroupRemoved>, kType<PluginState>};
  return std::find(std::begin(own), std::end(own), type) != std::end(own);
}

}  // namespace

Home::Home(EventLoop& loop, store::Store& store, Log& log)
    : loop_(loop),
      store_(store),
      log_(log),
      devices_(device_effects()),
      groups_(devices_),
      commands_(loop, [this](std::uint32_t number, const Command& command, std::uint64_t id) {
        const auto* device = devices_.find(number);
        auto* owner = device ? endpoint(device->plugin) : nullptr;
        if (!owner) return hearth_status(HEARTH_UNREACHABLE);
        Message m = own(kType<Command>, encode(builder_, command));
        m.kind = MessageKind::kRequest;
        m.flags = HEARTH_WANTS_ANSWER;
        m.id = id;
        return owner->push(std::move(m));
      }) {
  loop_.add_source(*this);
}

Home::~Home() { loop_.remove_source(*this); }

void Home::restore(const store::Snapshot& snapshot) {
  devices_.restore(snapshot);
  groups_.restore(snapshot);
  for (const auto& [number, device] : devices_.all()) {
    tell(*device);
    for (const auto& [capability, state] : device->states)
      if (type_of(state.reported) != ValueType::kNone) tell_state(*device, capability, state.reported_us);
  }
  for (const auto& [number, group] : groups_.all()) publish_fact(groups_.fact(group), std::to_string(number));
}

void Home::attach(Endpoint& endpoint) { endpoints_.push_back(&endpoint); }

void Home::started(Endpoint& driver) {
  for (const auto& [number, device] : devices_.all())
    if (device->wanted && device->plugin == driver.id()) offer_wanted(driver, *device);
}

void Home::offer_wanted(Endpoint& driver, const DeviceRecord& device) {
  const auto& d = device.declared;
  Message m = own(kType<DeviceWanted>,
                  encode(builder_, DeviceWanted{driver.id(), d.address, d.channel, d.name, d.location}));
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  const auto number = device.number();
  router_.pass(driver, std::move(m), 0, kTakeTimeoutUs, [this, number](const Message& answer) {
    const auto taken = answer.status == HEARTH_OK ? decode<DeviceTaken>(answer.body.bytes())
                                                  : Result<DeviceTaken>(ErrorCode::kFailed, std::string(answer.body.text()));
    auto* wanted = devices_.find(number);
    if (!taken.ok() || !wanted || wanted->id() == taken->device) return;
    devices_.merge(*wanted, taken->device);
  });
}

void Home::detach(Endpoint& endpoint, const std::string& reason) {
  drain(endpoint);  // what it said before it went is true
  endpoint.queue().close();
  std::erase(endpoints_, &endpoint);
  bus_.remove(endpoint);
  endpoint.connect(nullptr);
  router_.gone(endpoint.source());
  devices_.plugin_gone(endpoint.id(), reason);
  for (const auto& [number, device] : devices_.all())
    if (device->plugin == endpoint.id()) commands_.unreachable(number, reason);
}

// ---- Emptying the queues --------------------------------------------------------------------------------------------

bool Home::drain() {
  bool more = false;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) more = drain(*endpoints_[i]) || more;
  return more;
}

// A queue is at most kQueue messages long, so one turn is bounded, and every plugin has its turn.
bool Home::drain(Endpoint& from) {
  std::vector<Message> batch = std::move(batch_);
  batch.clear();
  const bool some = from.queue().take(batch);
  for (auto& message : batch) {
    cause_ = message.id;
    handle(from, message);
  }
  cause_ = 0;
  batch_ = std::move(batch);
  return some;
}

bool Home::try_sleep() {
  return std::all_of(endpoints_.begin(), endpoints_.end(), [](Endpoint* e) { return e->queue().try_sleep(); });
}

void Home::handle(Endpoint& from, Message& message) {
  switch (message.kind) {
    case MessageKind::kPublish: return published(from, message);
    case MessageKind::kSubscribe: return subscribe(from, message);
    case MessageKind::kUnsubscribe: bus_.unsubscribe(from, message.handle); return;
    case MessageKind::kRequest: return requested(from, message);
    case MessageKind::kAnswer: return answered(from, message);
  }
}

void Home::refuse(Endpoint& from, std::string_view words) {
  log_.write(LogLevel::kWarning, from.id(), {}, words);
}

// ---- Facts and events -----------------------------------------------------------------------------------------------

void Home::published(Endpoint& from, Message& message) {
  const auto type = message.type;
  if (type == 0) return;  // a hole: its event has given way to newer ones
  if (type == kType<StateChanged>) return state_changed(from, message);
  if (type == kType<DeviceDeclared> || type == kType<DeviceRemoved> || type == kType<DeviceReachable>)
    return device_said(from, message);
  if (is_homes_own(type)) return refuse(from, "a message of home's own type was not passed on");
  if (type == kType<StorePut>) {
    const auto put = decode<StorePut>(message.body.bytes());
    if (!put.ok() || put->data.size() > kMaxStore) return refuse(from, "what it wanted to save is damaged or over 64 KiB");
    store_.write(store::PutPluginData{from.id(), put->data}, [](const Status&) {});
    return;
  }
  if (type == kType<PluginNote>) {
    auto note = decode<PluginNote>(message.body.bytes());
    if (!note.ok() || !is_clean(note->key, 64) || !is_clean(note->value, kMaxName) || from.notes.size() > 32)
      return refuse(from, "a note was not kept");
    from.notes[note->key] = note->value;
    note->plugin = from.id();
    return publish_fact(*note, from.id() + "/" + note->key);
  }
  if (type == kType<StatusChanged>) {
    const auto status = decode<StatusChanged>(message.body.bytes());
    if (!status.ok() || !is_clean(status->subject, 64) || !is_clean(status->words, 4096))
      return refuse(from, "a status was not passed on: damaged or unclean");
    message.fact = fact_key(type, status->subject);
  }
  tell(message);
}

void Home::state_changed(Endpoint& from, Message& message) {
  auto state = decode<StateChanged>(message.body.bytes());
  if (!state.ok()) return refuse(from, state.error().words);
  auto* device = devices_.find(state->device);
  if (!device || device->plugin != from.id())
    return refuse(from, "a state of a device that it doesn't own was not believed: " + state->device);
  const auto* capability = device->find(state->capability);
  if (!capability) return refuse(from, fmt::format("{} has no capability {}", state->device, state->capability));
  const auto value = judged(state->value, *capability);
  if (!value.ok()) return refuse(from, fmt::format("{}: {}", state->device, value.error().words));
  devices_.report(*device, state->capability, *value, message.time_us);
  if (type_of(*value) == type_of(state->value)) return tell(message);
  Message exact = own(message.type, encode(builder_, StateChanged{state->device, state->capability, *value}), message.cause);
  exact.source = message.source;
  exact.fact = message.fact;
  tell(exact);
}

void Home::device_said(Endpoint& from, const Message& message) {
  Status status;
  if (message.type == kType<DeviceDeclared>) {
    auto declared = decode<DeviceDeclared>(message.body.bytes());
    status = declared.ok() ? check_declaration(*declared, from.id()) : declared.status();
    if (status.ok()) status = devices_.declare(std::move(*declared), from.id());
  } else if (message.type == kType<DeviceRemoved>) {
    const auto removed = decode<DeviceRemoved>(message.body.bytes());
    status = removed.ok() ? devices_.remove(removed->device, from.id()) : removed.status();
  } else {
    const auto report = decode<DeviceReachable>(message.body.bytes());
    status = report.status();
    if (status.ok() && !is_clean(report->reason, kMaxName)) status = {ErrorCode::kInvalid, "a reason is not clean text"};
    if (status.ok()) status = devices_.set_reachable(*report, from.id());
  }
  if (!status.ok()) refuse(from, status.error().words);
}

void Home::subscribe(Endpoint& from, const Message& message) {
  if (message.type == Bus::kEveryType && !from.identity().privileged)
    return refuse(from, "only the server itself may listen to every type");
  facts_.for_each(message.type, [&](const Message& fact) {
    Message retained = fact;
    retained.flags |= HEARTH_RETAINED;
    from.deliver(retained, message.handle);
  });
  bus_.subscribe(message.type, from, message.handle);
}

void Home::tell(const Message& message) {
  if (message.fact != 0) facts_.put(message);
  bus_.publish(message);
}

void Home::tell(const DeviceRecord& device) { publish_fact(device.declared, device.id()); }

void Home::tell_state(const DeviceRecord& device, const std::string& capability, std::int64_t time_us) {
  const auto& value = device.states.find(capability)->second.reported;
  Message m = own(kType<StateChanged>, encode(builder_, StateChanged{device.id(), capability, value}));
  m.time_us = time_us;
  m.fact = fact_key(m.type, device.id(), capability);
  tell(m);
}

// ---- Devices --------------------------------------------------------------------------------------------------------

Devices::Effects Home::device_effects() {
  Devices::Effects effects;
  effects.changed = [this](DeviceRecord& device) {
    if (to_row(device) != device.saved) keep(device, [](const Status&) {});
    tell(device);
  };
  effects.renamed = [this](DeviceRecord& device, const std::string& old_id) {
    forget_facts(device, old_id);
    keep(device, [](const Status&) {});
    tell(device);
    for (const auto& [capability, state] : device.states)
      if (type_of(state.reported) != ValueType::kNone) tell_state(device, capability, state.reported_us);
  };
  effects.removed = [this](const DeviceRecord& device) {
    store_.write(store::RemoveDevice{device.number()}, [](const Status&) {});
    commands_.unreachable(device.number(), "the device was removed");
    forget_facts(device, device.id());
    for (const auto group : groups_.forget(device.number()))
      publish_fact(groups_.fact(*groups_.find(group)), std::to_string(group));
  };
  effects.state = [this](const DeviceRecord& device, const std::string& capability) {
    store_.write_state(to_row(device, capability));
  };
  return effects;
}

void Home::forget_facts(const DeviceRecord& device, const std::string& id) {
  facts_.remove(kType<DeviceDeclared>, fact_key(kType<DeviceDeclared>, id));
  for (const auto& [capability, state] : device.states)
    facts_.remove(kType<StateChanged>, fact_key(kType<StateChanged>, id, capability));
  tell(own(kType<DeviceRemoved>, encode(builder_, DeviceRemoved{id})));
}

void Home::keep(DeviceRecord& device, store::Done done) {
  device.saved = to_row(device);
  store_.write(store::PutDevice{device.saved}, std::move(done));
}

// ---- Endpoints ------------------------------------------------------------------------------------------------------

Endpoint* Home::endpoint(std::uint32_t source) {
  const auto it = std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) { return e->source() == source; });
  return it == endpoints_.end() ? nullptr : *it;
}

Endpoint* Home::endpoint(std::string_view id) {
  const auto it = std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) { return e->id() == id; });
  return it == endpoints_.end() ? nullptr : *it;
}

Message Home::own(hearth_type type, hearth_bytes body, std::uint64_t cause) {
  Message m;
  m.id = message_id(0, ++counter_);
  m.cause = cause != 0 ? cause : cause_;
  m.time_us = wall_now_us();
  m.type = type;
  m.body = Body(body);
  return m;
}

store::Done Home::on_loop(std::function<void(Status)> done) {
  return [this, done = std::move(done)](const Status& status) { loop_.post([done, status] { done(status); }); };
}

}  // namespace hearth::core
