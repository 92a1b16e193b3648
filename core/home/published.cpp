// What plugins say: judged, believed, and passed on to those who listen.
#include <fmt/format.h>

#include <algorithm>

#include "core/home/home.hpp"
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

void Home::refuse(Endpoint& from, std::string_view words) {
  log_.write(LogLevel::kWarning, from.id(), {}, words);
}

}  // namespace hearth::core
