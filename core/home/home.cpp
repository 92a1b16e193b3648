// What home does with each kind of message.
#include "core/home/home.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kMaxStore = 64 * 1024;  // bytes of StorePut
constexpr std::size_t kSpareBody = 1024;      // bytes of a StateChanged beside its value

// Facts that only home states, and what is a request or an answer; a plugin that publishes one is not heard.
bool is_homes_own(hearth_type type) {
  constexpr hearth_type own[] = {
      kType<Command>,         kType<CommandDone>,       kType<DeviceWanted>,    kType<DeviceTaken>,
      kType<GroupDefined>,    kType<GroupRemoved>,      kType<GroupWanted>,     kType<GroupUnwanted>,
      kType<GroupMember>,     kType<ProgramDefined>,    kType<ProgramRemoved>,  kType<ProgramWanted>,
      kType<ProgramUnwanted>, kType<ProgramAssignment>, kType<ProgramAssigned>, kType<ProgramFired>,
      kType<SunWanted>,       kType<hearth::SunTimes>,  kType<HouseImport>,     kType<HouseImported>,
      kType<DeviceUnwanted>,  kType<DevicesSought>,     kType<DevicesFound>,    kType<PluginState>,
      kType<VerbCall>,        kType<VerbResult>};
  return std::find(std::begin(own), std::end(own), type) != std::end(own);
}

}  // namespace

Home::Home(EventLoop& loop, store::Store& store, Log& log)
    : loop_(loop),
      log_(log),
      keeper_(loop, store, log),
      devices_(device_effects()),
      groups_(devices_),
      programs_(devices_),
      scheduler_(loop, log,
                 [this](std::uint32_t program, const Occasion& occasion, bool missed) {
                   fire(program, occasion, missed);
                 }),
      commands_(loop, [this](std::uint32_t device, const Command& command,
                             const Commands::Origin& origin) { return launch(device, command, origin); }),
      router_(loop) {
  loop_.add_source(*this);
}

Home::~Home() { loop_.remove_source(*this); }

void Home::restore(const store::Snapshot& snapshot) {
  saved_ = snapshot.plugin_data;
  devices_.restore(snapshot);
  groups_.restore(snapshot);
  for (const auto& [number, device] : devices_.all()) {
    tell(*device);
    tell_states(*device);
  }
  for (const auto& [number, group] : groups_.all()) tell(group);
  programs_.restore(snapshot);
  for (const auto& [number, program] : programs_.all()) {
    tell(program);
    scheduler_.restore(program);
  }
  for (const auto& firing : snapshot.firings)
    scheduler_.fired_before(static_cast<std::uint32_t>(firing.program),
                            static_cast<std::int32_t>(firing.day));
}

std::vector<std::uint8_t> Home::saved(const std::string& plugin) const {
  const auto data = saved_.find(plugin);
  return data == saved_.end() ? std::vector<std::uint8_t>() : data->second;
}

void Home::attach(Endpoint& endpoint) { endpoints_.push_back(&endpoint); }

void Home::started(Endpoint& driver) {
  drain(driver);  // what it declared while it started
  devices_.plugin_started(driver.id());
  for (const auto& [number, device] : devices_.all())
    if (device->wanted && device->plugin == driver.id()) offer_wanted(driver, *device);
}

void Home::offer_wanted(Endpoint& driver, const DeviceRecord& device, std::function<void()> done) {
  const auto& d = device.declared;
  Message m = own(kType<DeviceWanted>,
                  encode(builder_, DeviceWanted{driver.id(), d.address, d.channel, d.name, d.location}));
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  router_.pass(driver, std::move(m), 0, kTakeTimeoutUs,
               [this, number = device.number(), done = std::move(done)](const Message& answer) {
                 if (answer.status == HEARTH_OK) taken(number, answer);
                 if (done) done();
               });
}

// One that has an id of its own stays who it is, whatever is found at its address now.
void Home::taken(std::uint32_t number, const Message& answer) {
  const auto taken = decode<DeviceTaken>(answer.body.bytes());
  auto* wanted = devices_.find(number);
  if (taken.ok() && wanted && is_provisional(*wanted) && is_device_id(taken->device, wanted->plugin))
    devices_.merge(*wanted, taken->device);
}

void Home::detach(Endpoint& endpoint, const std::string& reason) {
  if (std::find(endpoints_.begin(), endpoints_.end(), &endpoint) == endpoints_.end()) return;
  drain(endpoint);  // what it said before it went is true
  endpoint.queue().close();
  std::erase(endpoints_, &endpoint);
  bus_.remove(endpoint);
  endpoint.connect(nullptr);
  router_.gone(endpoint.source());
  forget_words(endpoint, reason);
  devices_.plugin_gone(endpoint.id(), reason);
  std::vector<std::uint32_t> lost;
  for (const auto& [number, device] : devices_.all())
    if (device->plugin == endpoint.id()) lost.push_back(number);
  for (const auto number : lost) commands_.unreachable(number, reason);
}

// What it said of itself is true no longer.
void Home::forget_words(Endpoint& gone, const std::string& reason) {
  for (const auto& [key, value] : gone.notes) facts_.forget(kType<PluginNote>, gone.id() + "/" + key);
  for (const auto& subject : gone.statuses) {
    const auto* fact = facts_.find(kType<StatusChanged>, facts_.number(kType<StatusChanged>, subject));
    if (!fact || fact->source != gone.source()) continue;  // somebody else speaks of it now
    publish_fact(StatusChanged{subject, StatusClass::kOff, 0, reason}, subject);
    facts_.forget(kType<StatusChanged>, subject);
  }
  gone.notes.clear();
  gone.statuses.clear();
}

// ---- Emptying the queues ------------------------------------------------------------------------------

bool Home::drain() {
  bool more = false;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) more = drain(*endpoints_[i]) || more;
  flush();
  return more;
}

void Home::flush() {
  for (auto* endpoint : endpoints_) endpoint->flush();
}

// A queue is at most Endpoint::kMost messages long (and answers), so one turn is bounded, and every plugin
// has its turn.
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
  flush();  // what timers and posted functions have told
  return std::all_of(endpoints_.begin(), endpoints_.end(),
                     [](Endpoint* e) { return e->queue().try_sleep(); });
}

void Home::handle(Endpoint& from, Message& message) {
  switch (message.kind) {
    case MessageKind::kPublish: return published(from, message);
    case MessageKind::kSubscribe: return subscribe(from, message);
    case MessageKind::kUnsubscribe:
      if (const auto known = from.subscriptions.extract(message.handle); !known.empty())
        bus_.unsubscribe(known.mapped(), from, message.handle);
      return;
    case MessageKind::kRequest: return requested(from, message);
    case MessageKind::kAnswer: return answered(from, message);
    case MessageKind::kSettle: return;  // only home says it
  }
}

void Home::refuse(Endpoint& from, std::string_view words) {
  log_.write(LogLevel::kWarning, from.id(), {}, words);
}

// ---- Facts and events ---------------------------------------------------------------------------------

void Home::published(Endpoint& from, Message& message) {
  const auto type = message.type;
  if (type == 0) return;  // a hole: its event has given way to newer ones
  if (type == kType<StateChanged>) return state_changed(from, message);
  if (type == kType<DeviceDeclared> || type == kType<DeviceRemoved> || type == kType<DeviceReachable>)
    return device_said(from, message);
  if (is_homes_own(type)) return refuse(from, "a message of home's own type was not passed on");
  if (type == kType<StorePut>)
    return save(from, message, [this, &from](const Status& status) {
      if (!status.ok() && status.error().code == ErrorCode::kInvalid) refuse(from, status.error().words);
    });
  if (type == kType<PluginNote>) return noted(from, message);
  if (type == kType<StatusChanged>) return status_changed(from, message);
  tell(message);
}

void Home::save(Endpoint& from, const Message& message, std::function<void(Status)> done) {
  auto put = decode<StorePut>(message.body.bytes());
  if (!put.ok() || put->data.size() > kMaxStore)
    return done({ErrorCode::kInvalid, "what it wanted to save is damaged or over 64 KiB"});
  auto& saved = saved_[from.id()];
  saved = std::move(put->data);
  keeper_.write(store::PutPluginData{from.id(), saved}, std::move(done));
}

void Home::noted(Endpoint& from, const Message& message) {
  auto note = decode<PluginNote>(message.body.bytes());
  if (!note.ok() || note->key.empty() || !is_clean(note->key, 64) || !is_clean(note->value, kMaxName))
    return refuse(from, "a note was not kept: damaged or unclean");
  if (!from.notes.contains(note->key) && from.notes.size() >= Endpoint::kMaxNotes)
    return refuse(from, "a note was not kept: it has 32 others");
  from.notes[note->key] = note->value;
  note->plugin = from.id();
  publish_fact(*note, from.id() + "/" + note->key);
}

void Home::status_changed(Endpoint& from, Message& message) {
  const auto status = decode<StatusChanged>(message.body.bytes());
  if (!status.ok() || status->subject.empty() || !is_clean(status->subject, 64) ||
      !is_clean(status->words, 4096))
    return refuse(from, "a status was not passed on: damaged or unclean");
  if (!from.statuses.contains(status->subject) && from.statuses.size() >= Endpoint::kMaxStatuses)
    return refuse(from, "a status was not passed on: it has spoken of 64 other things");
  from.statuses.insert(status->subject);
  message.fact = facts_.number(message.type, status->subject);
  message.body = Body(encode(builder_, *status));  // and nothing else that was in there
  tell(message);
}

void Home::state_changed(Endpoint& from, Message& message) {
  auto state = decode<StateChanged>(message.body.bytes());
  if (!state.ok()) return refuse(from, state.error().words);
  auto* device = devices_.find_reported(state->device);
  if (!device && devices_.is_unwanted(state->device)) return;
  if (!device || device->plugin != from.id())
    return refuse(from, "a state of a device that it doesn't own was not believed: " + state->device);
  const auto* capability = device->find(state->capability);
  if (!capability)
    return refuse(from, fmt::format("{} has no capability {}", state->device, state->capability));
  const auto value = judged(state->value, *capability);
  if (!value.ok()) return refuse(from, fmt::format("{}: {}", state->device, value.error().words));
  const auto now = wall_now_us();
  if (message.time_us < 0 || message.time_us > now) message.time_us = now;
  devices_.report(*device, state->capability, *value, message.time_us);
  auto& fact = device->states.find(state->capability)->second.fact;
  if (fact == 0) fact = facts_.new_number();
  message.fact = fact;
  const auto* text = std::get_if<std::string>(&*value);
  const bool as_sent = type_of(*value) == type_of(state->value) && state->device == device->id() &&
                       message.body.size() <= kSpareBody + (text ? text->size() : 0);
  if (!as_sent) message.body = Body(encode(builder_, StateChanged{device->id(), state->capability, *value}));
  tell(message);
}

void Home::device_said(Endpoint& from, const Message& message) {
  Status status;
  if (message.type == kType<DeviceDeclared>) {
    auto declared = decode<DeviceDeclared>(message.body.bytes());
    status = declared.ok() ? judge_declaration(*declared, from.id()) : declared.status();
    if (status.ok()) status = devices_.declare(std::move(*declared), from.id());
  } else if (message.type == kType<DeviceRemoved>) {
    const auto removed = decode<DeviceRemoved>(message.body.bytes());
    status = removed.ok() ? devices_.remove(removed->device, from.id()) : removed.status();
  } else {
    const auto report = decode<DeviceReachable>(message.body.bytes());
    status = report.status();
    if (status.ok() && !is_clean(report->reason, kMaxName))
      status = {ErrorCode::kInvalid, "a reason is not clean text"};
    if (status.ok()) status = devices_.set_reachable(*report, from.id());
  }
  if (!status.ok()) refuse(from, status.error().words);
}

void Home::subscribe(Endpoint& from, const Message& message) {
  if (message.type == Bus::kEveryType && !from.identity().privileged)
    return refuse(from, "only the server itself may listen to every type");
  if (from.subscriptions.size() >= Endpoint::kMaxSubscriptions)
    return refuse(from, "it listens 1024 times already");
  const auto to_same = std::count_if(from.subscriptions.begin(), from.subscriptions.end(),
                                     [&](const auto& s) { return s.second == message.type; });
  if (static_cast<std::size_t>(to_same) >= Endpoint::kMaxOfType)
    return refuse(from, "it listens 64 times to the same");
  if (!from.subscriptions.try_emplace(message.handle, message.type).second)
    return refuse(from, "it listens under the same number already");
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

// ---- Devices ------------------------------------------------------------------------------------------

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

// ---- Endpoints ----------------------------------------------------------------------------------------

Endpoint* Home::endpoint(std::uint32_t source) {
  const auto it =
      std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) { return e->source() == source; });
  return it == endpoints_.end() ? nullptr : *it;
}

Endpoint* Home::endpoint(std::string_view id) {
  const auto it =
      std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) { return e->id() == id; });
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

}  // namespace hearth::core
