// Socket.IO packets as text: `<type>[<n>-][<namespace>,][<id>][json]`.
#include "hearth/socketio/packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "hearth/net/json.hpp"

namespace hearth::socketio {

namespace {

// What a byte of JSON may take once it is parsed: "0," is a value of 24 bytes.
constexpr std::size_t kParsedSize = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_binary(PacketType type) { return type == PacketType::kBinaryEvent || type == PacketType::kBinaryAck; }

// Takes the digits in front; false if there are none, or they mean more than `most`.
bool take_number(std::string_view& rest, std::uint64_t most, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || number > most) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

// Does every placeholder in `value` mean one of `count` attachments? The depth was bounded by the parser.
bool placeholders_fit(const boost::json::value& value, std::size_t count) {
  if (const auto* array = value.if_array())
    return std::ranges::all_of(*array, [&](const auto& v) { return placeholders_fit(v, count); });
  const auto* object = value.if_object();
  if (!object) return true;
  if (const auto* mark = object->if_contains("_placeholder"); mark && mark->is_bool() && mark->get_bool()) {
    const auto* number = object->if_contains("num");
    return number && number->is_int64() && number->get_int64() >= 0 &&
           static_cast<std::uint64_t>(number->get_int64()) < count;
  }
  return std::ranges::all_of(*object,
                             [&](const auto& pair) { return placeholders_fit(pair.value(), count); });
}

}  // namespace

bool is_reserved_event(std::string_view name) {
  constexpr std::array<std::string_view, 6> kReserved{"connect",       "connect_error", "disconnect",
                                                      "disconnecting", "newListener",   "removeListener"};
  return std::ranges::find(kReserved, name) != kReserved.end();
}

PacketDecoder::Event PacketDecoder::text(std::string_view message) {
  if (unfinished()) {
    refuse("text instead of an attachment");
    return Event::kRefused;
  }
  packet_ = {};
  auto rest = message;
  if (!read_head(rest) || !read_data(rest) || !check_shape()) return Event::kRefused;
  if (missing_ == 0) return Event::kPacket;
  held_ = message.size() * kParsedSize;
  return Event::kNeedMore;
}

PacketDecoder::Event PacketDecoder::binary(std::string_view message) {
  if (!unfinished()) {
    refuse("an attachment that belongs to nothing");
    return Event::kRefused;
  }
  packet_.attachments.emplace_back(message);
  held_ += message.size();
  if (--missing_ != 0) return Event::kNeedMore;
  held_ = 0;
  return Event::kPacket;
}

bool PacketDecoder::read_head(std::string_view& rest) {
  const char last = from_ == From::kServer ? '6' : '3';
  if (rest.empty()) return refuse("an empty packet");
  const bool binary = rest.front() == '5' || rest.front() == '6';
  if (rest.front() < '0' || (rest.front() > last && !binary)) return refuse("an unknown packet type");
  packet_.type = static_cast<PacketType>(rest.front());
  rest.remove_prefix(1);
  return read_attachments(rest) && read_namespace(rest) && read_id(rest);
}

bool PacketDecoder::read_attachments(std::string_view& rest) {
  if (!is_binary(packet_.type)) return true;
  std::uint64_t count = 0;
  if (!take_number(rest, PacketLimits::kMaxAttachments, count) || count == 0 || !rest.starts_with('-'))
    return refuse("a wrong number of attachments");
  rest.remove_prefix(1);
  missing_ = static_cast<std::size_t>(count);
  return true;
}

bool PacketDecoder::read_namespace(std::string_view& rest) {
  if (!rest.starts_with('/')) return true;
  const auto end = rest.find(',');
  const auto name = rest.substr(0, end);
  if (name.size() > PacketLimits::kMaxNamespace) return refuse("too long a namespace");
  packet_.nsp = name;
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return true;
}

bool PacketDecoder::read_id(std::string_view& rest) {
  if (rest.empty() || !is_digit(rest.front())) return true;
  std::uint64_t id = 0;
  if (!take_number(rest, PacketLimits::kMaxId, id)) return refuse("too large an id");
  packet_.id = id;
  return true;
}

bool PacketDecoder::read_data(std::string_view rest) {
  if (rest.empty()) return true;
  auto value = net::json::parse(rest, {.max_depth = PacketLimits::kMaxDepth});
  if (!value.ok()) return refuse(value.error().words);
  // What is written and not there differ, but where an object or an array is demanded neither fits.
  if (value->is_null()) return refuse("null instead of data");
  packet_.data = std::move(*value);
  return true;
}

bool PacketDecoder::check_shape() {
  const auto& data = packet_.data;
  const auto* array = data.if_array();
  switch (packet_.type) {
    case PacketType::kConnect:
      return data.is_null() || data.is_object() || refuse("CONNECT without an object");
    case PacketType::kDisconnect: return data.is_null() || refuse("DISCONNECT with data");
    case PacketType::kConnectError:
      return data.is_object() || data.is_string() || refuse("CONNECT_ERROR without words");
    case PacketType::kEvent:
    case PacketType::kBinaryEvent:
      if (!array || array->empty()) return refuse("an event without a name");
      if (const auto* name = array->front().if_string()) {
        if (is_reserved_event(std::string_view(*name))) return refuse("an event with a reserved name");
      } else if (!array->front().is_number()) {
        return refuse("an event whose name is no text");
      }
      break;
    case PacketType::kAck:
    case PacketType::kBinaryAck:
      if (!array) return refuse("an ack without a list");
      break;
  }
  return missing_ == 0 || placeholders_fit(data, missing_) || refuse("a placeholder without an attachment");
}

bool PacketDecoder::refuse(std::string_view words) {
  fault_ = words;
  missing_ = 0;
  held_ = 0;
  packet_ = {};
  return false;
}

void append_packet(std::string& out, PacketType type, std::string_view nsp, std::optional<std::uint64_t> id,
                   std::string_view json, std::size_t attachments) {
  out += static_cast<char>(type);
  if (is_binary(type)) {
    net::json::append_number(out, static_cast<std::int64_t>(attachments));
    out += '-';
  }
  if (nsp != "/") out.append(nsp).append(",");
  if (id) net::json::append_number(out, static_cast<std::int64_t>(*id));
  out += json;
}

std::string event_json(std::string_view name, const boost::json::array& args) {
  std::string json = "[";
  net::json::append_text(json, name);
  for (const auto& arg : args) {
    json += ',';
    net::json::append(json, arg);
  }
  return json += ']';
}

}  // namespace hearth::socketio
