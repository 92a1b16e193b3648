// Small messages of each kind, told apart by their ids.
#ifndef HEARTH_TEST_CORE_BUS_MESSAGES_HPP
#define HEARTH_TEST_CORE_BUS_MESSAGES_HPP

#include <string>

#include "core/bus/message.hpp"

namespace hearth::core::test {

inline constexpr hearth_type kSomeType = type_hash("test.Some");

inline Message message(MessageKind kind, std::uint64_t id, hearth_type type = kSomeType) {
  Message m;
  m.kind = kind;
  m.id = id;
  m.type = type;
  return m;
}

inline Message event(std::uint64_t id) { return message(MessageKind::kPublish, id); }
inline Message request(std::uint64_t id) { return message(MessageKind::kRequest, id); }

// The standing fact about `subject`, as its subscription `handle` gets it.
inline Message fact(std::uint64_t id, const std::string& subject, std::uint64_t handle = 0) {
  Message m = event(id);
  m.fact = fact_key(kSomeType, subject);
  m.handle = handle;
  m.body = Body(subject);
  return m;
}

inline Message retained(std::uint64_t id, const std::string& subject) {
  Message m = fact(id, subject);
  m.flags |= HEARTH_RETAINED;
  return m;
}

}  // namespace hearth::core::test

#endif
