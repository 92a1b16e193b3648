// Message: a MSG of the server, as an event of the house: the type interlock.Message.
#ifndef HEARTH_INTERLOCK_MESSAGE_HPP
#define HEARTH_INTERLOCK_MESSAGE_HPP

#include <string>

#include "hearth/codec.hpp"
#include "messages/message_generated.h"

namespace hearth::interlock {

struct Message {
  std::string kind, text;
};

}  // namespace hearth::interlock

template <>
struct hearth::MessageTraits<hearth::interlock::Message> {
  static constexpr std::string_view kName = "interlock.Message";
  using Wire = ::interlock::Message;
  static Offset<Wire> pack(Builder& b, const hearth::interlock::Message& m) {
    const auto kind = b.CreateString(m.kind), text = b.CreateString(m.text);
    return ::interlock::CreateMessage(b, kind, text);
  }
  static hearth::interlock::Message unpack(const Wire& w) { return {w.kind()->str(), w.text()->str()}; }
};

#endif
