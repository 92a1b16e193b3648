// Requests that come to home: commands, wanted devices, groups, and those that it passes on.
#include <fmt/format.h>

#include <algorithm>

#include "core/home/home.hpp"
#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

constexpr std::uint32_t kMinDeadlineMs = 1, kMaxDeadlineMs = 60'000;
constexpr std::int64_t kTakeTimeoutUs = 4'000'000;  // a driver's time to find a wanted device

}  // namespace

void Home::requested(Endpoint& from, Message& message) {
  const Answer answer = [this, source = from.source()](Message m) {
    if (auto* asker = endpoint(source)) asker->push(std::move(m));
  };
  if (message.type == kType<Command>) return command(message, answer);
  if (message.type == kType<DeviceWanted>) {
    const auto wanted = decode<DeviceWanted>(message.body.bytes());
    if (!wanted.ok()) return answer(refusal(message.id, HEARTH_INVALID, wanted.error().words));
    return device_wanted(*wanted, message.id, answer);
  }
  if (message.type == kType<GroupWanted> || message.type == kType<GroupUnwanted>) return group_wanted(message, answer);
  pass_on(std::move(message), from.source(), answer);
}

// To the plugin that brings the verb, or whose manifest says that it answers the type.
void Home::pass_on(Message message, std::uint32_t asker, const Answer& answer) {
  std::string word;
  if (message.type == kType<VerbCall>) {
    const auto call = decode<VerbCall>(message.body.bytes());
    if (!call.ok()) return answer(refusal(message.id, HEARTH_INVALID, call.error().words));
    word = call->word;
  }
  const auto to = std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) {
    const auto& types = e->identity().answers;
    return word.empty() ? std::find(types.begin(), types.end(), message.type) != types.end() : e->identity().word == word;
  });
  const auto id = message.id;
  if (to == endpoints_.end())
    return answer(refusal(id, HEARTH_UNREACHABLE, word.empty() ? "nobody answers that type of request"
                                                               : "no running plugin brings the command " + word));
  const auto timeout_us = static_cast<std::int64_t>(message.handle);
  router_.pass(**to, std::move(message), asker, timeout_us, answer);
}

void Home::ask(hearth_type type, hearth_bytes body, std::int64_t timeout_us, Router::Done done) {
  Message m = own(type, body);
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  m.handle = static_cast<std::uint64_t>(timeout_us);
  pass_on(std::move(m), 0, [done = std::move(done)](const Message& answer) { done(answer); });
}

void Home::answered(Endpoint& from, const Message& message) {
  if (commands_.answered(message.handle, message.status, message.status == HEARTH_OK ? "" : message.body.text())) return;
  router_.answered(message, from.source());
}

// ---- Commands -------------------------------------------------------------------------------------------------------

void Home::command(const Message& message, const Answer& answer) {
  auto command = decode<Command>(message.body.bytes());
  const auto id = message.id;
  if (!command.ok()) return answer(refusal(id, HEARTH_INVALID, command.error().words));
  judge_and_submit(std::move(*command), id,
                   [this, id, answer](const CommandDone& done) { answer(own_answer(id, done)); });
}

void Home::command(const Command& command, std::function<void(const CommandDone&)> done) {
  judge_and_submit(command, message_id(0, ++counter_), std::move(done));
}

void Home::judge_and_submit(Command command, std::uint64_t id, std::function<void(const CommandDone&)> done) {
  const auto ended = [this, id, device = command.device, capability = command.capability, done = std::move(done)](
                         Outcome outcome, const std::string& words) {
    const CommandDone fact{device, capability, outcome, words};
    tell(own(kType<CommandDone>, encode(builder_, fact), id));
    done(fact);
  };
  auto* device = devices_.find(command.device);
  if (!device) return ended(Outcome::kError, "no such device: " + command.device);
  const auto* capability = device->find(command.capability);
  if (!capability) return ended(Outcome::kError, fmt::format("{} has no {}", device->declared.name, command.capability));
  const auto value = judged_wish(command.value, *capability);
  if (!value.ok()) return ended(Outcome::kError, value.error().words);
  command.value = *value;
  command.deadline_ms = std::clamp(command.deadline_ms, kMinDeadlineMs, kMaxDeadlineMs);
  devices_.wish(*device, command.capability, *value, wall_now_us());
  commands_.submit(device->number(), command, id, ended);
}

// ---- Devices that somebody asks for ---------------------------------------------------------------------------------

void Home::device_wanted(const DeviceWanted& wanted, std::uint64_t request, const Answer& answer) {
  const bool clean = is_clean(wanted.driver, 64) && is_clean(wanted.address, 128) && is_clean(wanted.name, kMaxName) &&
                     is_clean(wanted.location, kMaxName);
  if (!clean || wanted.driver.empty() || wanted.address.empty())
    return answer(refusal(request, HEARTH_INVALID, "driver, address, name and location are clean text, the first two not empty"));
  auto* driver = endpoint(wanted.driver);
  if (!driver) return keep_wanted(wanted, "", request, answer);
  Message m = own(kType<DeviceWanted>, encode(builder_, wanted), request);
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  router_.pass(*driver, std::move(m), 0, kTakeTimeoutUs, [this, wanted, request, answer](const Message& reply) {
    if (reply.status == HEARTH_INVALID || reply.status == HEARTH_DENIED)
      return answer(refusal(request, reply.status, reply.body.text()));
    const auto taken = decode<DeviceTaken>(reply.body.bytes());
    keep_wanted(wanted, reply.status == HEARTH_OK && taken.ok() ? taken->device : "", request, answer);
  });
}

// The answer comes once the device is on disk: what was acknowledged is there after any crash.
void Home::keep_wanted(const DeviceWanted& wanted, const std::string& id, std::uint64_t request, const Answer& answer) {
  if (!id.empty() && !(id.starts_with(wanted.driver + ":") && is_clean(id, kMaxDeviceId)))
    return answer(refusal(request, HEARTH_FAILED, "the driver named a device that can't be its own"));
  auto& device = devices_.want(wanted, id);
  tell(device);
  const DeviceTaken taken{device.id(), device.number()};
  keep(device, on_loop([this, taken, request, answer](const Status& status) {
         if (!status.ok()) return answer(refusal(request, HEARTH_FAILED, "not kept: " + status.error().words));
         answer(own_answer(request, taken));
       }));
}

// ---- Groups ---------------------------------------------------------------------------------------------------------

void Home::group_wanted(const Message& message, const Answer& answer) {
  const auto id = message.id;
  if (message.type == kType<GroupUnwanted>) {
    const auto unwanted = decode<GroupUnwanted>(message.body.bytes());
    if (!unwanted.ok()) return answer(refusal(id, HEARTH_INVALID, unwanted.error().words));
    return remove_group(unwanted->number, [id, answer](const Status& status) {
      Message m = refusal(id, status.ok() ? HEARTH_OK : static_cast<hearth_status>(status.error().code),
                          status.ok() ? "" : status.error().words);
      answer(std::move(m));
    });
  }
  const auto wanted = decode<GroupWanted>(message.body.bytes());
  if (!wanted.ok()) return answer(refusal(id, HEARTH_INVALID, wanted.error().words));
  put_group(*wanted, [this, id, answer](const Result<GroupDefined>& group) {
    if (!group.ok()) return answer(refusal(id, static_cast<hearth_status>(group.error().code), group.error().words));
    answer(own_answer(id, *group));
  });
}

void Home::put_group(const GroupWanted& wanted, std::function<void(Result<GroupDefined>)> done) {
  const auto group = groups_.put(wanted);
  if (!group.ok()) return done(group.error());
  const GroupDefined fact = groups_.fact(**group);
  publish_fact(fact, std::to_string(fact.number));
  store_.write(store::PutGroup{to_row(**group)}, on_loop([fact, done = std::move(done)](const Status& status) {
                 status.ok() ? done(fact) : done(Error{ErrorCode::kFailed, "not kept: " + status.error().words});
               }));
}

void Home::remove_group(std::uint32_t number, std::function<void(Status)> done) {
  if (!groups_.remove(number)) return done({ErrorCode::kInvalid, "no such group"});
  facts_.remove(kType<GroupDefined>, fact_key(kType<GroupDefined>, std::to_string(number)));
  tell(own(kType<GroupRemoved>, encode(builder_, GroupRemoved{number})));
  store_.write(store::RemoveGroup{number}, on_loop(std::move(done)));
}

}  // namespace hearth::core
