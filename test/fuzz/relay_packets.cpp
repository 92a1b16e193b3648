// Fuzzed: PacketStream, which must find the same packets however the bytes are cut, and PacketReader on them.
// Input: a byte that seeds the cuts, the stream.
#include <string>
#include <vector>

#include "hearth/net/json.hpp"
#include "protocols/relay/answers.hpp"
#include "protocols/relay/packet_reader.hpp"
#include "protocols/relay/packet_stream.hpp"
#include "test/fuzz/however_cut.hpp"
#include "test/fuzz/plain_utf8.hpp"
#include "test/fuzz/require.hpp"
#include "test/fuzz/same_json.hpp"

namespace hearth::fuzz {

namespace {

using relay::PacketReader;
using relay::PacketStream;
using Found = PacketStream::Found;
namespace json = net::json;

struct Thing {
  Found what;
  std::string packet;

  bool operator==(const Thing&) const = default;
};

// Up to the end of the bytes, or of the stream. Garbage in a row counts once: a run ends with its bytes too.
template <class Cut>
std::vector<Thing> find(std::string_view stream, Cut next_cut) {
  PacketStream packets;
  std::vector<Thing> all;
  while (!stream.empty()) {
    // Each piece in memory of its own, so that looking past its end is noticed.
    const std::string piece(stream.substr(0, next_cut()));
    stream.remove_prefix(piece.size());
    for (std::string_view rest = piece; !rest.empty();) {
      const auto before = rest.size();
      const auto what = packets.next(rest);
      require(rest.size() < before, "something is taken");
      require(what != Found::kNothing || rest.empty(), "nothing is left where nothing is found");
      if (what == Found::kNothing) continue;
      if (what == Found::kGarbage && !all.empty() && all.back().what == what) continue;
      all.push_back({what, std::string(what == Found::kPacket ? packets.packet() : std::string_view())});
      if (what == Found::kEndless) return all;
    }
  }
  return all;
}

// Calls `each(place)` for the bytes outside of strings.
template <class Each>
void outside_strings(std::string_view text, Each each) {
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_text = !in_text;
    if (in_text && text[i] == '\\') ++i;
    if (!in_text) each(i);
  }
}

// As they are written, a space behind each.
std::string numbers_of(std::string_view text) {
  std::string all;
  std::size_t next = 0;
  outside_strings(text, [&](std::size_t i) {
    if (i < next || (text[i] != '-' && (text[i] < '0' || text[i] > '9'))) return;
    next = std::min(text.find_first_not_of("+-.0123456789eE", i), text.size());
    all.append(text.substr(i, next - i)).append(" ");
  });
  return all;
}

bool is_other_reason(const Error& error) {
  return error.words.find("the same key twice") != std::string::npos ||
         error.words.find("too large") != std::string::npos;
}

// `text`: where it comes from.
void check_payload(const std::string& payload, std::string_view text) {
  require(is_text(payload), "a payload is UTF-8", payload);
  outside_strings(payload, [&](std::size_t i) {
    require(payload[i] != ' ' && payload[i] != '\t' && payload[i] != '\r' && payload[i] != '\n',
            "a payload is compact", payload);
  });
  require((" " + numbers_of(text)).find(" " + numbers_of(payload)) != std::string::npos,
          "numbers stay as they were written", payload);
  const auto value = json::parse(payload);
  require(value.ok() || is_other_reason(value.error()), "a payload is JSON", payload);
}

// `whole`: the packet as plain JSON.
void check_packet(const PacketReader& reader, const boost::json::value& whole) {
  const auto payload = json::parse(reader.payload());
  require(payload.ok() && same(whole.at("payload"), *payload), "a payload keeps its value", reader.payload());
  require(whole.at("target").as_string() == reader.target(), "a target keeps its text", reader.target());
}

// As it travels on: one packet to whoever receives it, and the same payload again.
void check_forwarded(const std::string& target, const std::string& payload) {
  const auto head = relay::forward_head(target);
  const auto line = head + payload + std::string(relay::kForwardTail);
  PacketStream stream;
  std::string_view rest = line;
  const auto what = stream.next(rest);
  require(what == Found::kPacket || what == Found::kLong || what == Found::kEndless,
          "what is sent is a packet");
  require((what == Found::kPacket) == relay::fits(head, payload), "what fits is no longer than allowed",
          line);
  require(what == Found::kEndless || rest == "\n", "a packet is one line", line);

  PacketReader reader;
  std::string packet = R"({"payload":)" + payload + R"(,"target":)";
  json::append_text(packet, target);
  require(reader.read(packet += '}').ok(), "what was read can be read again", packet);
  require(reader.payload() == payload && reader.target() == target, "and is the same", packet);
}

void check(PacketReader& reader, std::string_view packet) {
  const auto status = reader.read(packet);
  require(status.ok() || !status.error().words.empty(), "a refusal has words");
  PacketReader another;
  const auto again = another.read(packet);
  require(status.ok() == again.ok() && (status.ok() || status.error().words == again.error().words),
          "what was read before doesn't matter", packet);
  const auto whole = json::parse(packet);
  const auto* target = whole.ok() && whole->is_object() ? whole->get_object().if_contains("target") : nullptr;
  const bool is_packet = target && target->is_string() && whole->get_object().contains("payload");
  if (is_packet) require(status.ok(), "a packet is a packet", packet);
  if (!status.ok()) return;
  require(is_packet || is_other_reason(whole.error()), "no other is one", packet);
  require(another.payload() == reader.payload() && another.target() == reader.target(),
          "it is read in one way", packet);
  require(is_text(reader.target()), "a target is UTF-8", reader.target());
  check_payload(reader.payload(), packet);
  if (is_packet) check_packet(reader, *whole);
  check_forwarded(reader.target(), reader.payload());
}

// A payload alone, which is any text.
void check_alone(PacketReader& reader, std::string_view text) {
  const auto value = json::parse(text);
  const bool is_json = value.ok() || is_other_reason(value.error());
  if (!reader.read_payload(text).ok()) return require(!value.ok(), "JSON is a payload", text);
  require(is_json, "no other text is one", text);
  check_payload(reader.payload(), text);
  if (const auto again = json::parse(reader.payload()); again.ok())
    require(same(*value, *again), "it keeps its value", text);
  const auto payload = reader.payload();
  require(reader.read_payload(payload).ok() && reader.payload() == payload, "it has one form", payload);
}

void fuzz(unsigned seed, std::string_view stream) {
  const auto all = however_cut(stream, seed, [&](auto next_cut) { return find(stream, next_cut); });
  PacketReader reader;
  for (const auto& [what, packet] : all) {
    if (what != Found::kPacket) continue;
    require(relay::characters(packet) < relay::kPacketLimit, "a packet has fewer characters", packet);
    check(reader, packet);
  }
  check_alone(reader, stream);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  hearth::fuzz::fuzz(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
