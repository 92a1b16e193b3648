// Requests that come to home: commands, wanted devices, groups, and those that it passes on.
#include <fmt/format.h>

#include <algorithm>

#include "core/home/home.hpp"
#include "core/home/judge.hpp"
#include "core/log/one_line.hpp"

namespace hearth::core {

namespace {

constexpr std::uint32_t kMinDeadlineMs = 1, kMaxDeadlineMs = 60'000;
constexpr std::size_t kSpareId = 16;     // bytes of a made id beside driver and address: ":@", "#-2147483648"
constexpr std::size_t kMaxWords = 1024;  // bytes of what a plugin says about a failure

}  // namespace

void Home::requested(Endpoint& from, Message& message) {
  const Answer answer = [this, source = from.source()](Message m) {
    if (auto* asker = endpoint(source)) asker->push(std::move(m));
  };
  if (message.type == kType<Command>) return command(from, message, answer);
  if (message.type == kType<Sync>) return answer(refusal(message.id, HEARTH_OK, ""));
  if (message.type == kType<DeviceWanted>) {
    const auto wanted = decode<DeviceWanted>(message.body.bytes());
    if (!wanted.ok()) return answer(refusal(message.id, HEARTH_INVALID, wanted.error().words));
    return device_wanted(*wanted, message.id, from.source(), answer);
  }
  if (message.type == kType<GroupWanted> || message.type == kType<GroupUnwanted>)
    return group_wanted(message, answer);
  pass_on(std::move(message), from.source(), answer);
}

// To the plugin that brings the verb, or whose manifest says that it answers the type.
void Home::pass_on(Message message, std::uint32_t asker, const Answer& answer) {
  std::string word;
  if (message.type == kType<VerbCall>) {
    const auto call = decode<VerbCall>(message.body.bytes());
    if (!call.ok()) return answer(refusal(message.id, HEARTH_INVALID, call.error().words));
    word = call->word;
    if (word.empty()) return answer(refusal(message.id, HEARTH_INVALID, "a call of no word"));
  }
  const auto to = std::find_if(endpoints_.begin(), endpoints_.end(), [&](Endpoint* e) {
    const auto& types = e->identity().answers;
    return word.empty() ? std::find(types.begin(), types.end(), message.type) != types.end()
                        : e->identity().word == word;
  });
  const auto id = message.id;
  if (to == endpoints_.end())
    return answer(refusal(id, HEARTH_UNREACHABLE,
                          word.empty() ? "nobody answers that type of request"
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

// A failure's words go on to clients: one clean line of them.
void Home::answered(Endpoint& from, const Message& message) {
  const bool failed = message.status != HEARTH_OK;
  const auto words = failed ? one_line(message.body.text(), kMaxWords) : std::string();
  if (const auto number = commands_.device_of(message.handle); number != 0) {
    const auto* device = devices_.find(number);
    if (device && device->plugin == from.id()) commands_.answered(message.handle, message.status, words);
    return;
  }
  Message answer = message;
  if (failed) answer.body = Body(words);
  router_.answered(answer, from.source());
}

// ---- Commands -----------------------------------------------------------------------------------------

void Home::command(Endpoint& from, const Message& message, const Answer& answer) {
  auto command = decode<Command>(message.body.bytes());
  const auto id = message.id;
  if (!command.ok()) return answer(refusal(id, HEARTH_INVALID, command.error().words));
  if (!is_clean(command->device, kMaxDeviceId) || !is_clean(command->capability, 64))
    return answer(
        refusal(id, HEARTH_INVALID, "device and capability are clean text of at most 192 and 64 bytes"));
  if (commands_.device_of(id) != 0)
    return answer(refusal(id, HEARTH_INVALID, "a command with that id is open already"));
  judge_and_submit(std::move(*command), {id, message.cause, from.source()},
                   [this, id, answer](const CommandDone& done) { answer(own_answer(id, done)); });
}

void Home::command(const Command& command, std::function<void(const CommandDone&)> done) {
  judge_and_submit(command, {message_id(0, ++counter_), cause_, 0}, std::move(done));
}

void Home::judge_and_submit(Command command, const Commands::Origin& origin,
                            std::function<void(const CommandDone&)> done) {
  Message seen = own(kType<Command>, encode(builder_, command));
  seen.id = origin.id;
  seen.cause = origin.cause;
  seen.source = origin.source;
  bus_.publish(seen);
  auto* device = devices_.find(command.device);
  const auto number = device ? device->number() : 0;
  const auto ended = [this, id = origin.id, number, asked = command.device, capability = command.capability,
                      done = std::move(done)](Outcome outcome, const std::string& words) {
    const auto* now = devices_.find(number);
    const CommandDone fact{now ? now->id() : asked, capability, outcome, words};
    tell(own(kType<CommandDone>, encode(builder_, fact), id));
    done(fact);
  };
  if (!device) return ended(Outcome::kError, "no such device: " + command.device);
  const auto& d = device->declared;
  if (d.capabilities.empty() && !d.reachable) return ended(Outcome::kUnreachable, d.reason);
  const auto* capability = device->find(command.capability);
  if (!capability) return ended(Outcome::kError, fmt::format("{} has no {}", d.name, command.capability));
  const auto value = judged_wish(command.value, *capability);
  if (!value.ok()) return ended(Outcome::kError, value.error().words);
  command.value = *value;
  command.deadline_ms = std::clamp(command.deadline_ms, kMinDeadlineMs, kMaxDeadlineMs);
  devices_.wish(*device, command.capability, *value, wall_now_us());
  commands_.submit(number, command, origin, ended);
}

// Since it was judged a pending command's device may have got another id, or lost the capability.
Status Home::launch(std::uint32_t number, Command command, const Commands::Origin& origin) {
  const auto* device = devices_.find(number);
  auto* owner = device ? endpoint(device->plugin) : nullptr;
  if (!owner) return {ErrorCode::kUnreachable, "its plugin isn't running"};
  const auto* capability = device->find(command.capability);
  if (!capability)
    return {ErrorCode::kInvalid,
            fmt::format("{} has no {} any more", device->declared.name, command.capability)};
  const auto value = judged_wish(command.value, *capability);
  if (!value.ok()) return value.status();
  command.device = device->id();
  command.value = *value;
  Message m = own(kType<Command>, encode(builder_, command));
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  m.id = origin.id;
  m.cause = origin.cause;
  m.source = origin.source;
  const auto pushed = owner->push(std::move(m));
  if (pushed == HEARTH_OK) return {};
  return {static_cast<ErrorCode>(pushed),
          pushed == HEARTH_BUSY ? "its plugin is busy" : "its plugin isn't running"};
}

// ---- Devices that somebody asks for -------------------------------------------------------------------

void Home::device_wanted(const DeviceWanted& wanted, std::uint64_t request, std::uint32_t asker,
                         const Answer& answer) {
  if (!is_plugin_id(wanted.driver))
    return answer(refusal(request, HEARTH_INVALID, "the driver is not a plugin's id"));
  const auto most = kMaxDeviceId - kSpareId - wanted.driver.size();  // driver and address become an id
  if (wanted.address.empty() || !is_clean(wanted.address, most) || !is_clean(wanted.name, kMaxName) ||
      !is_clean(wanted.location, kMaxName))
    return answer(refusal(request, HEARTH_INVALID,
                          fmt::format("address (1 to {} bytes), name and location are clean text", most)));
  auto* driver = endpoint(wanted.driver);
  if (!driver) return keep_wanted(wanted, "", request, answer);
  Message m = own(kType<DeviceWanted>, encode(builder_, wanted), request);
  m.kind = MessageKind::kRequest;
  m.flags = HEARTH_WANTS_ANSWER;
  router_.pass(
      *driver, std::move(m), asker, kTakeTimeoutUs, [this, wanted, request, answer](const Message& reply) {
        const bool refused =
            reply.status == HEARTH_INVALID || reply.status == HEARTH_DENIED || reply.status == HEARTH_BUSY;
        if (refused) return answer(refusal(request, reply.status, reply.body.text()));
        if (reply.status != HEARTH_OK) return keep_wanted(wanted, "", request, answer);
        const auto taken = decode<DeviceTaken>(reply.body.bytes());
        if (!taken.ok() || !is_device_id(taken->device, wanted.driver))
          return answer(refusal(request, HEARTH_FAILED, "the driver named a device that can't be its own"));
        keep_wanted(wanted, taken->device, request, answer);
      });
}

// The answer comes once the device is on disk: what was acknowledged is there after any crash.
void Home::keep_wanted(const DeviceWanted& wanted, const std::string& id, std::uint64_t request,
                       const Answer& answer) {
  const auto device = devices_.want(wanted, id);
  if (!device.ok())
    return answer(refusal(request, static_cast<hearth_status>(device.error().code), device.error().words));
  tell(**device);
  const DeviceTaken taken{(*device)->id(), (*device)->number()};
  keep(**device, [this, taken, request, answer](const Status& status) {
    if (!status.ok()) return answer(refusal(request, HEARTH_FAILED, "not kept: " + status.error().words));
    answer(own_answer(request, taken));
  });
}

// ---- Groups -------------------------------------------------------------------------------------------

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
    if (!group.ok())
      return answer(refusal(id, static_cast<hearth_status>(group.error().code), group.error().words));
    answer(own_answer(id, *group));
  });
}

void Home::put_group(const GroupWanted& wanted, std::function<void(Result<GroupDefined>)> done) {
  const auto group = groups_.put(wanted);
  if (!group.ok()) return done(group.error());
  tell(**group);
  keep(**group, [fact = groups_.fact(**group), done = std::move(done)](const Status& status) {
    status.ok() ? done(fact) : done(Error{ErrorCode::kFailed, "not kept: " + status.error().words});
  });
}

void Home::remove_group(std::uint32_t number, std::function<void(Status)> done) {
  if (!groups_.remove(number)) return done({ErrorCode::kInvalid, "no such group"});
  facts_.forget(kType<GroupDefined>, std::to_string(number));
  tell_end(own(kType<GroupRemoved>, encode(builder_, GroupRemoved{number})));
  keeper_.write(store::RemoveGroup{number}, std::move(done));
}

}  // namespace hearth::core
