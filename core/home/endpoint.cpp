// Moving messages between a plugin's loop and home's.
#include "core/home/endpoint.hpp"

namespace hearth::core {

Endpoint::Endpoint(Identity identity, EventLoop& home)
    : identity_(std::move(identity)), queue_(kQueue, [&home] { home.wake(); }) {}

hearth_status Endpoint::send(Message message) {
  message.source = identity_.source;
  if (message.kind == MessageKind::kPublish && message.type == kType<StateChanged>) {
    flatbuffers::Verifier verifier(message.body.bytes().data, message.body.size(), kMaxMessageDepth, kMaxMessageTables);
    if (message.body.size() < 8 || !verifier.VerifyBuffer<wire::StateChanged>(nullptr)) return HEARTH_INVALID;
    const auto* state = flatbuffers::GetRoot<wire::StateChanged>(message.body.bytes().data);
    message.fact = fact_key(message.type, state->device()->string_view(), state->capability()->string_view());
  }
  return queue_.push(std::move(message));
}

void Endpoint::deliver(const Message& message, std::uint64_t subscription) noexcept {
  Message copy = message;
  copy.handle = subscription;
  push(std::move(copy));
}

hearth_status Endpoint::push(Message message) {
  return inbox_ ? inbox_->push(std::move(message)) : hearth_status(HEARTH_UNREACHABLE);
}

}  // namespace hearth::core
