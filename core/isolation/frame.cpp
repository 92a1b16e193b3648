// Writing frames one after the other, and reading them back with every length checked.
#include "core/isolation/frame.hpp"

#include <cstring>

namespace hearth::core {

namespace {

constexpr std::size_t filled(std::size_t size) { return (size + 7) & ~std::size_t{7}; }

}  // namespace

void append(std::vector<std::uint8_t>& packet, Frame frame, hearth_bytes body) {
  frame.body_size = static_cast<std::uint32_t>(body.size);
  const auto at = packet.size();
  packet.resize(at + sizeof frame + filled(body.size));
  std::memcpy(packet.data() + at, &frame, sizeof frame);
  if (body.size != 0) std::memcpy(packet.data() + at + sizeof frame, body.data, body.size);
}

void append(std::vector<std::uint8_t>& packet, const Message& m) {
  Frame frame;
  frame.message = m.kind;
  frame.id = m.id;
  frame.cause = m.cause;
  frame.time_us = m.time_us;
  frame.type = m.type;
  frame.handle = m.handle;
  frame.fact = m.fact;
  frame.source = m.source;
  frame.status = m.status;
  frame.flags = m.flags;
  append(packet, frame, m.body.bytes());
}

std::optional<FrameReader::Item> FrameReader::next() {
  if (rest_.empty() || broken_) return {};
  Item item;
  if (rest_.size() < sizeof item.frame) {
    broken_ = true;
    return {};
  }
  std::memcpy(&item.frame, rest_.data(), sizeof item.frame);
  rest_ = rest_.subspan(sizeof item.frame);
  const std::size_t size = item.frame.body_size;
  if (size > kMaxFrameBody || filled(size) > rest_.size() || item.frame.kind > FrameKind::kFiles ||
      item.frame.message > MessageKind::kAnswer) {
    broken_ = true;
    return {};
  }
  item.body = {rest_.data(), size};
  rest_ = rest_.subspan(filled(size));
  return item;
}

Message FrameReader::Item::message() const {
  Message m;
  m.kind = frame.message;
  m.id = frame.id;
  m.cause = frame.cause;
  m.time_us = frame.time_us;
  m.type = frame.type;
  m.handle = frame.handle;
  m.fact = frame.fact;
  m.source = frame.source;
  m.status = frame.status;
  m.flags = frame.flags;
  m.body = Body(body);
  return m;
}

}  // namespace hearth::core
