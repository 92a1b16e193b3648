// Engine.IO packets as text.
#include "hearth/socketio/engine_packet.hpp"

#include "hearth/net/base64.hpp"

namespace hearth::socketio {

bool EngineReader::read(std::string_view text, EnginePacket& packet) {
  if (text.empty()) return false;
  if (text.front() == 'b') {
    auto bytes = net::from_base64(text.substr(1));
    if (!bytes) return false;
    decoded_ = std::move(*bytes);
    packet = {EngineType::kMessage, true, decoded_};
    return true;
  }
  if (text.front() < '0' || text.front() > '6') return false;
  packet = {static_cast<EngineType>(text.front()), false, text.substr(1)};
  return true;
}

bool EnginePayload::next(std::string_view& packet) {
  if (ended_) return false;
  const auto end = rest_.find(kSeparator);
  packet = rest_.substr(0, end);
  ended_ = end == std::string_view::npos;
  rest_.remove_prefix(ended_ ? rest_.size() : end + 1);
  return true;
}

void append_to_payload(std::string& body, std::string_view packet, bool binary) {
  if (!body.empty()) body += EnginePayload::kSeparator;
  if (!binary) {
    body += packet;
    return;
  }
  body += 'b';
  net::append_base64(body, packet);
}

}  // namespace hearth::socketio
