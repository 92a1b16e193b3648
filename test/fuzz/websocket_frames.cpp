// Fuzzed: WebSocketDecoder in both directions, whose result must not depend on how the bytes are cut, and the
// writing of what it accepts.
// Input: a byte of options, a byte that seeds cuts and masks, the stream.
#include "hearth/net/websocket_frames.hpp"

#include <bit>
#include <string>
#include <vector>

#include "test/fuzz/however_cut.hpp"
#include "test/fuzz/plain_utf8.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using net::WebSocketCode;
using net::WebSocketDecoder;
using net::WebSocketOpcode;
using Event = WebSocketDecoder::Event;
using From = WebSocketDecoder::From;

constexpr std::size_t kMaxControl = 125;

struct Seen {
  Event event = Event::kNeedMore;
  std::string payload;
  std::uint16_t code = 0;  // of a Close or a refusal

  bool operator==(const Seen&) const = default;
};

struct Options {
  From from;
  std::size_t max_message;
};

Options options_of(unsigned byte) {
  return {byte & 1 ? From::kServer : From::kClient, byte & 2 ? 16u : byte & 4 ? 300u : 1u << 20};
}

void check(const Seen& seen, std::size_t max_message) {
  const auto& payload = seen.payload;
  switch (seen.event) {
    case Event::kText: require(is_text(payload), "a text is UTF-8", payload); [[fallthrough]];
    case Event::kBinary: require(payload.size() <= max_message, "no message is larger than allowed"); break;
    case Event::kPing:
    case Event::kPong: require(payload.size() <= kMaxControl, "a control frame is short"); break;
    case Event::kClose:
      require(payload.size() <= kMaxControl - 2 && is_text(payload), "a reason is short UTF-8", payload);
      if (seen.code == WebSocketCode::kNoCode) return require(payload.empty(), "no code, no reason");
      [[fallthrough]];
    case Event::kRefused: require(WebSocketCode::may_be_sent(seen.code), "a code may be sent"); break;
    case Event::kNeedMore: break;
  }
}

template <class Cut>
std::vector<Seen> read(const Options& options, std::string_view stream, Cut next_cut) {
  WebSocketDecoder decoder(options.from, options.max_message);
  std::vector<Seen> all;
  while (!stream.empty()) {
    // Each piece in memory of its own, so that looking past its end is noticed.
    const std::string piece(stream.substr(0, next_cut()));
    stream.remove_prefix(piece.size());
    std::string_view rest = piece;
    while (true) {
      std::size_t used = 0;
      const auto event = decoder.next(rest, used);
      require(used <= rest.size(), "no more is used than was fed");
      require(decoder.held() <= options.max_message, "no more is kept than a message may have");
      rest.remove_prefix(used);
      if (event == Event::kNeedMore) break;
      const bool coded = event == Event::kClose || event == Event::kRefused;
      all.push_back({event, std::string(decoder.payload()), coded ? decoder.code() : std::uint16_t{0}});
      check(all.back(), options.max_message);
      if (event == Event::kRefused) return all;
    }
    require(rest.empty(), "who needs more has used everything");
  }
  return all;
}

WebSocketOpcode opcode_of(Event event) {
  switch (event) {
    case Event::kText: return WebSocketOpcode::kText;
    case Event::kPing: return WebSocketOpcode::kPing;
    case Event::kPong: return WebSocketOpcode::kPong;
    case Event::kClose: return WebSocketOpcode::kClose;
    default: return WebSocketOpcode::kBinary;
  }
}

// Both ways, what is written is read as what it was.
void write_again(const std::vector<Seen>& all, std::size_t max_message, unsigned seed) {
  for (const auto from : {From::kClient, From::kServer}) {
    std::minstd_rand random(seed);
    std::string stream;
    for (const auto& each : all) {
      const auto mask = std::bit_cast<net::WebSocketMask>(static_cast<std::uint32_t>(random()));
      const bool coded = each.event == Event::kClose && each.code != WebSocketCode::kNoCode;
      const auto payload = coded ? net::close_payload(each.code, each.payload) : each.payload;
      net::append_frame(stream, opcode_of(each.event), payload, from == From::kClient ? &mask : nullptr);
    }
    const auto again = however_cut(stream, seed, [&](auto next_cut) {
      return read({from, max_message}, stream, next_cut);
    });
    require(again == all, "what was written reads back equal");
  }
}

// A frame whose length takes two or eight bytes, in pieces that leave the mask at any of its places.
void write_large(std::string_view part, bool eight, unsigned seed) {
  std::minstd_rand random(seed);
  const std::size_t size = (eight ? 0x10000u : 126u) - 2 + random() % 4;
  std::string payload;
  while (payload.size() < size) payload.append(part).append("-");
  payload.resize(size);
  const auto mask = std::bit_cast<net::WebSocketMask>(static_cast<std::uint32_t>(random()));
  std::string stream;
  net::append_frame(stream, WebSocketOpcode::kBinary, payload, &mask);
  const auto all = read({From::kClient, size}, stream, [&] { return 1 + random() % 0x2000; });
  require(all.size() == 1 && all[0].payload == payload, "a large frame reads back equal");
  const auto refused = read({From::kClient, size - 1}, stream, [&] { return size; });
  require(refused[0].code == WebSocketCode::kTooBig, "a frame larger than allowed is refused");
}

void fuzz(unsigned byte, unsigned seed, std::string_view stream) {
  const auto options = options_of(byte);
  auto all = however_cut(stream, seed, [&](auto next_cut) { return read(options, stream, next_cut); });
  if (!all.empty() && all.back().event == Event::kRefused) all.pop_back();
  write_again(all, options.max_message, seed);
  if ((byte & 0xe8) == 0x48) write_large(stream, byte & 16, seed);  // seldom: it takes its time
  require(net::is_utf8(stream) == is_text(stream), "both checks of UTF-8 say the same", stream);
  const auto reason = net::close_payload(WebSocketCode::kNormal, stream).substr(2);
  require(reason.size() <= kMaxControl - 2, "a reason is short");
  require(!is_text(stream) || is_text(reason), "a reason is cut between characters");
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  hearth::fuzz::fuzz(data[0], data[1], {reinterpret_cast<const char*>(data + 2), size - 2});
  return 0;
}
