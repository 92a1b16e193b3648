// Home's life: what was known, who comes and goes, and whose queue is emptied when.
#include "core/home/home.hpp"

#include <algorithm>

#include "core/home/judge.hpp"

namespace hearth::core {

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
