// Fuzzed: a polling body of Engine.IO, and the Socket.IO packets in it, as either side reads them.
// Input: a byte of options, the body.
#include <string>
#include <utility>
#include <vector>

#include "hearth/net/json.hpp"
#include "hearth/socketio/engine_packet.hpp"
#include "hearth/socketio/packet.hpp"
#include "test/fuzz/require.hpp"
#include "test/fuzz/same_json.hpp"

namespace hearth::fuzz {

namespace {

using socketio::EnginePacket;
using socketio::EnginePayload;
using socketio::EngineReader;
using socketio::EngineType;
using socketio::Packet;
using socketio::PacketDecoder;
using socketio::PacketLimits;
using socketio::PacketType;
using Event = PacketDecoder::Event;
using From = PacketDecoder::From;

// Every value in `data`, without recursion, which is what depth would break.
void check_values(const boost::json::value& data, std::size_t attachments, bool binary) {
  std::vector<std::pair<const boost::json::value*, std::size_t>> open{{&data, 0}};
  while (!open.empty()) {
    const auto [value, depth] = open.back();
    open.pop_back();
    require(depth <= PacketLimits::kMaxDepth, "no data is deeper than allowed");
    if (const auto* array = value->if_array())
      for (const auto& each : *array) open.emplace_back(&each, depth + 1);
    const auto* object = value->if_object();
    if (!object) continue;
    const auto* mark = object->if_contains("_placeholder");
    if (binary && mark && *mark == true) {
      const auto* number = object->if_contains("num");
      require(number && number->is_int64(), "a placeholder has a number");
      const auto place = static_cast<std::uint64_t>(number->get_int64());
      require(place < attachments, "a placeholder has its attachment");
      continue;
    }
    for (const auto& each : *object) open.emplace_back(&each.value(), depth + 1);
  }
}

void check_event(const boost::json::value& data) {
  const auto* array = data.if_array();
  require(array && !array->empty(), "an event has a name");
  const auto* name = array->front().if_string();
  require(name || array->front().is_number(), "an event's name is a text or a number");
  if (!name) return;
  require(!socketio::is_reserved_event(*name), "no event has a reserved name", *name);
  const boost::json::array args(array->begin() + 1, array->end());
  require(socketio::event_json(*name, args) == net::json::to_text(data), "an event has one form", *name);
}

void check(const Packet& packet, From from) {
  const auto& [type, nsp, id, data, attachments] = packet;
  const bool binary = type == PacketType::kBinaryEvent || type == PacketType::kBinaryAck;
  require(type >= PacketType::kConnect && type <= PacketType::kBinaryAck, "a known type");
  require(from == From::kServer || type != PacketType::kConnectError, "a client refuses no connection");
  require(nsp.starts_with('/') && nsp.find(',') == nsp.npos, "a namespace has its form", nsp);
  require(nsp.size() <= PacketLimits::kMaxNamespace, "no namespace is longer than allowed");
  require(!id || *id <= PacketLimits::kMaxId, "no id is larger than allowed");
  const auto most = binary ? PacketLimits::kMaxAttachments : 0;
  require(attachments.size() <= most && binary == !attachments.empty(), "as many attachments as allowed");
  check_values(data, attachments.size(), binary);
  if (type == PacketType::kEvent || type == PacketType::kBinaryEvent) check_event(data);
  const bool ack = type == PacketType::kAck || type == PacketType::kBinaryAck;
  require(!ack || data.is_array(), "an ack is a list");
  if (type == PacketType::kDisconnect) require(data.is_null(), "DISCONNECT has no data");
  if (type == PacketType::kConnect) require(data.is_null() || data.is_object(), "CONNECT has an object");
}

void write_again(const Packet& packet, From from) {
  std::string text;
  const auto data = packet.data.is_null() ? std::string() : net::json::to_text(packet.data);
  socketio::append_packet(text, packet.type, packet.nsp, packet.id, data, packet.attachments.size());
  PacketDecoder decoder(from);
  auto event = decoder.text(text);
  for (const auto& each : packet.attachments) {
    require(event == Event::kNeedMore && decoder.unfinished(), "attachments are waited for", text);
    event = decoder.binary(each);
  }
  require(event == Event::kPacket, "what is written is a packet", text);
  const auto& again = decoder.packet();
  require(again.type == packet.type && again.nsp == packet.nsp, "the same type and namespace", text);
  require(again.id == packet.id, "the same id", text);
  require(same(again.data, packet.data), "the same data", text);
  require(again.attachments == packet.attachments, "the same attachments", text);
}

// False when the connection has to end. `held`: by the packet so far.
bool take(PacketDecoder& decoder, From from, const EnginePacket& message, std::size_t& held) {
  const std::string data(message.data);  // in memory of its own, so that a view that stays is noticed
  const auto event = message.binary ? decoder.binary(data) : decoder.text(data);
  if (event == Event::kNeedMore) {
    const auto least = message.binary ? held + data.size() : data.size();
    held = decoder.held();
    require(decoder.unfinished() && held >= least, "an unfinished packet holds its text and attachments");
    return true;
  }
  held = 0;
  require(!decoder.unfinished() && decoder.held() == 0, "what is finished holds nothing");
  require((event == Event::kRefused) == (!decoder.fault().empty()), "a refusal has words", decoder.fault());
  if (event == Event::kRefused) return false;
  const Packet packet = std::move(decoder.packet());
  check(packet, from);
  write_again(packet, from);
  return true;
}

void fuzz(From from, std::string_view body) {
  EnginePayload payload(body);
  EngineReader reader;
  PacketDecoder decoder(from);
  std::string written;
  std::size_t held = 0;
  bool whole = true, open = true;
  for (std::string_view piece; payload.next(piece);) {
    const std::string text(piece);  // in memory of its own, so that looking past its end is noticed
    EnginePacket packet;
    whole = reader.read(text, packet) && whole;
    if (!whole) continue;
    require(packet.type >= EngineType::kOpen && packet.type <= EngineType::kNoop, "a packet's type is known");
    require(!packet.binary || packet.type == EngineType::kMessage, "what is binary is a message");
    const auto data =
        packet.binary ? std::string(packet.data) : static_cast<char>(packet.type) + std::string(packet.data);
    socketio::append_to_payload(written, data, packet.binary);
    if (open && packet.type == EngineType::kMessage) open = take(decoder, from, packet, held);
  }
  require(!whole || written == body, "a body is written one way", written);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hearth::socketio::PacketDecoder;
  if (size < 1) return 0;
  hearth::fuzz::fuzz(data[0] & 1 ? PacketDecoder::From::kServer : PacketDecoder::From::kClient,
                     {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
