// Message: the envelope of everything that travels between home and a plugin, in either direction.
#ifndef HEARTH_CORE_BUS_MESSAGE_HPP
#define HEARTH_CORE_BUS_MESSAGE_HPP

#include <cstdint>

#include "core/bus/body.hpp"
#include "hearth/codec.hpp"

namespace hearth::core {

enum class MessageKind : std::uint8_t {
  kPublish,      // a fact or an event
  kSubscribe,    // up: from now on messages of `type`; `handle` names the subscription
  kUnsubscribe,  // up: no more for `handle`
  kRequest,      // `id` is what the answer names
  kSettle,  // down, once: the plugin's thread says so when it comes to it, everything sent before has then
            // been seen
  kAnswer,  // `handle` is the request's id; a failed `status` has words as its body
};

// 80 bytes and a shared body; moved and copied freely. The same fields make a frame between two processes.
struct Message {
  std::uint64_t id = 0;
  std::uint64_t cause = 0;
  std::int64_t time_us = 0;  // wall clock
  hearth_type type = 0;
  std::uint64_t handle = 0;  // see MessageKind
  std::uint64_t fact = 0;    // standing facts with the same number replace each other; 0: an event
  std::uint32_t source = 0;  // plugin; 0: the server
  std::int32_t status = HEARTH_OK;
  std::uint32_t flags = 0;  // HEARTH_WANTS_ANSWER, HEARTH_RETAINED
  MessageKind kind = MessageKind::kPublish;
  Body body;
};

// Ids are made where the message is made, without asking: 24 bits of source, 40 of counter.
constexpr std::uint64_t message_id(std::uint32_t source, std::uint64_t counter) {
  return (std::uint64_t{source} << 40) | (counter & 0xffffffffffu);
}

// What a fact is about, as a number: of its type and its subject ("device", or "device" and "capability").
inline std::uint64_t fact_key(hearth_type type, std::string_view subject, std::string_view part = {}) {
  std::uint64_t hash = type;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3u;
    hash = (hash ^ 0xff) * 0x100000001b3u;
  };
  mix(subject);
  mix(part);
  return hash | 1;
}

// The message as the plugin sees it; the view lives as long as `message`.
inline hearth_message view(const Message& message) {
  return {sizeof(hearth_message), message.source, message.id, message.cause,       message.time_us,
          message.type,           message.flags,  0,          message.body.bytes()};
}

}  // namespace hearth::core

#endif
