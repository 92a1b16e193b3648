// Fuzzed: JsonFramer, whose result must not depend on how the bytes are cut, and the JSON of what it frames.
// Input: a byte of options, a byte that seeds the cuts, the stream.
#include <algorithm>
#include <random>
#include <string>

#include "hearth/net/json.hpp"
#include "hearth/net/json_framer.hpp"
#include "test/fuzz/require.hpp"
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

// `next_cut()` says how long the next piece is, 1 at least.
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

// Equal, whichever kind a number was read as: 5.0 is written as 5, and -0.0 as -0.
bool same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_number() && b.is_number())
    return a.is_double() || b.is_double() ? a.to_number<double>() == b.to_number<double>() : a == b;
  if (a.is_array() && b.is_array()) {
    const auto &left = a.get_array(), &right = b.get_array();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto &left = a.get_object(), &right = b.get_object();
  return left.size() == right.size() && std::all_of(left.begin(), left.end(), [&](const auto& each) {
           const auto* other = right.if_contains(each.key());
           return other && same(each.value(), *other);
         });
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
  const auto whole = frame(framer, stream, [&] { return stream.size(); });
  framer.reset();
  const auto bytewise = frame(framer, stream, [] { return 1; });
  std::minstd_rand random(seed);
  framer.reset();
  const auto pieces = frame(framer, stream, [&] { return 1 + random() % 16; });
  require(whole == bytewise, "byte by byte gives what one piece gives");
  require(whole == pieces, "pieces give what one piece gives");
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
