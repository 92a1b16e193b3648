// Fuzzed: JsonFramer, whose result must not depend on how the bytes are cut, and the JSON of what it frames.
// Input: a byte of options, a byte that seeds the cuts, the stream.
#include <string>

#include "hearth/net/json.hpp"
#include "hearth/net/json_framer.hpp"
#include "test/fuzz/however_cut.hpp"
#include "test/fuzz/require.hpp"
#include "test/fuzz/same_json.hpp"
#include "test/fuzz/wire_text.hpp"

namespace hearth::fuzz {

namespace {

using net::JsonFramer;
namespace json = net::json;

struct Framed {
  JsonFramer::State state = JsonFramer::State::kNeedMore;
  std::size_t used = 0;
  std::string frame, reason;
  bool started = false;

  bool operator==(const Framed&) const = default;
};

JsonFramer::Limits limits_of(unsigned options) {
  JsonFramer::Limits limits;
  if (options & 1) limits.max_bytes = 64;
  if (options & 2) limits.max_depth = 4;
  if (options & 4) limits.max_depth = 100;
  limits.arrays = options & 8;
  return limits;
}

template <class Cut>
Framed frame(JsonFramer& framer, std::string_view stream, Cut next_cut) {
  Framed result;
  while (result.state == JsonFramer::State::kNeedMore && !stream.empty()) {
    // Each piece in memory of its own, so that looking past its end is noticed.
    const std::string piece(stream.substr(0, next_cut()));
    std::size_t used = 0;
    result.state = framer.feed(piece, &used);
    require(used <= piece.size(), "no more is used than was fed");
    result.used += used;
    stream.remove_prefix(used);
    if (result.state == JsonFramer::State::kComplete) result.frame = framer.frame();
  }
  result.reason = framer.reason();
  result.started = framer.started();
  return result;
}

void round_trip(const boost::json::value& value, const json::Style& style) {
  const auto text = json::to_text(value, style);
  if (style.ascii) require_wire_text(text, style.escape_braces);
  const auto again = json::parse(text);
  require(again.ok(), "what append() writes is JSON", text);
  require(same(value, *again), "what was written reads back equal", text);
}

void parse(std::string_view text) {
  const auto value = json::parse(text);
  require(value.ok() || !value.error().words.empty(), "a refusal has words");
  if (!value.ok()) return;
  round_trip(*value, json::kCompact);
  round_trip(*value, {.ascii = true, .spaced = true, .escape_braces = true});
}

void fuzz(unsigned options, unsigned seed, std::string_view stream) {
  const auto limits = limits_of(options);
  JsonFramer framer(limits);
  const auto whole = however_cut(stream, seed, [&](auto next_cut) {
    framer.reset();
    return frame(framer, stream, next_cut);
  });
  const bool refused =
      whole.state != JsonFramer::State::kNeedMore && whole.state != JsonFramer::State::kComplete;
  require(refused == !whole.reason.empty(), "a refusal, and nothing else, has a reason", whole.reason);
  parse(whole.frame);
  parse(stream);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  hearth::fuzz::fuzz(data[0], data[1], {reinterpret_cast<const char*>(data + 2), size - 2});
  return 0;
}
