// Moving messages between a plugin's loop and home's.
#include "core/home/endpoint.hpp"

#include <algorithm>

#include "core/runtime/rights.hpp"

namespace hearth::core {

namespace {

// What home has to hear each of, in order: none may give way to newer ones in a full queue.
bool is_owed_to_home(hearth_type type) {
  constexpr hearth_type owed[] = {kType<DeviceDeclared>, kType<DeviceRemoved>, kType<DeviceReachable>,
                                  kType<StatusChanged>,  kType<PluginNote>,    kType<StorePut>};
  return std::find(std::begin(owed), std::end(owed), type) != std::end(owed);
}

}  // namespace

Endpoint::Endpoint(Identity identity, EventLoop& home)
    : identity_(std::move(identity)), queue_(kQueue, [&home] { home.wake(); }) {}

hearth_status Endpoint::send(Message message) {
  const bool known = message.kind <= MessageKind::kAnswer && message.kind != MessageKind::kSettle;
  if (!known || message.id >> 40 != (identity_.source & 0xffffff)) return HEARTH_INVALID;
  // Its table has said so already, but that one may be in a process that doesn't keep to the rules.
  if ((message.kind == MessageKind::kSubscribe && !identity_.may_listen &&
       !everybody_may_hear(message.type)) ||
      (message.kind == MessageKind::kRequest && !identity_.may_command && !everybody_may_ask(message.type)))
    return HEARTH_DENIED;
  message.source = identity_.source;
  message.fact = 0;
  message.flags = message.kind == MessageKind::kRequest ? HEARTH_WANTS_ANSWER : 0;
  const bool ends_something =
      message.kind == MessageKind::kAnswer || message.kind == MessageKind::kUnsubscribe;
  if (!ends_something && queue_.size() >= kMost) return HEARTH_BUSY;
  if (message.kind == MessageKind::kPublish && message.type == kType<StateChanged>) {
    flatbuffers::Verifier verifier(message.body.bytes().data, message.body.size(), kMaxMessageDepth,
                                   kMaxMessageTables);
    if (message.body.size() < 8 || !verifier.VerifyBuffer<wire::StateChanged>(nullptr)) return HEARTH_INVALID;
    const auto* state = flatbuffers::GetRoot<wire::StateChanged>(message.body.bytes().data);
    message.fact = fact_key(message.type, state->device()->string_view(), state->capability()->string_view());
  } else if (message.kind == MessageKind::kPublish && is_owed_to_home(message.type)) {
    message.fact = message.id;
  }
  return queue_.push(std::move(message));
}

void Endpoint::deliver(const Message& message, std::uint64_t subscription) noexcept {
  if (inbox_) inbox_->stage(message, subscription);
}

hearth_status Endpoint::push(Message message) {
  if (!inbox_) return HEARTH_UNREACHABLE;
  inbox_->flush();  // what was delivered before comes before
  return inbox_->push(std::move(message));
}

void Endpoint::flush() {
  if (inbox_) inbox_->flush();
}

}  // namespace hearth::core
