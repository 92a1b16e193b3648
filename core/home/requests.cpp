// Requests that come to home: which they are, commands, and those that it passes on.
#include <fmt/format.h>

#include <algorithm>

#include "core/home/home.hpp"
#include "core/home/judge.hpp"
#include "core/log/one_line.hpp"

namespace hearth::core {

namespace {

constexpr std::uint32_t kMinDeadlineMs = 1, kMaxDeadlineMs = 60'000;
constexpr std::size_t kMaxWords = 1024;  // bytes of what a plugin says about a failure

}  // namespace

void Home::requested(Endpoint& from, Message& message) {
  const Answer answer = [this, source = from.source()](Message m) {
    if (auto* asker = endpoint(source)) asker->push(std::move(m));
  };
  if (message.type == kType<Command>) return command(from, message, answer);
  if (message.type == kType<Sync>) return answer(refusal(message.id, HEARTH_OK, ""));
  if (message.type == kType<StorePut>) return save(from, message, status_for(message.id, answer));
  if (device_requested(message, from.source(), answer) || group_requested(message, answer) ||
      program_requested(message, answer))
    return;
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

}  // namespace hearth::core
