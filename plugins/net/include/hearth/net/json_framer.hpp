// JsonFramer: finds where one JSON object ends in a stream of bytes, without parsing it.
#ifndef HEARTH_NET_JSON_FRAMER_HPP
#define HEARTH_NET_JSON_FRAMER_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::net {

// Knows strings, escapes, braces and brackets; everything else is left to the parser. Before the object it
// skips white space, one byte order mark and one stray `"` (old AtHome clients). Linear in the bytes fed,
// however they are cut. [any, one at a time]
class JsonFramer {
 public:
  struct Limits {
    std::size_t max_bytes = 1024 * 1024;  // what is skipped included
    unsigned max_depth = 32;              // 64 at most
    bool arrays = false;                  // may the outermost be an array?
  };
  enum class State { kNeedMore, kComplete, kMalformed, kTooBig, kTooDeep };

  JsonFramer() : JsonFramer(Limits()) {}
  explicit JsonFramer(const Limits& limits);

  // Looks at more bytes; once it has said anything but kNeedMore, reset() comes first. `used` says how many
  // belong to this frame.
  State feed(std::string_view bytes, std::size_t* used = nullptr);

  // The whole object, after kComplete, until the next call; within `bytes` of the last feed() if they held
  // all of it.
  std::string_view frame() const { return frame_; }
  // Why it is refused, for a person.
  std::string_view reason() const { return reason_; }
  // Has anything but white space come?
  bool started() const { return started_; }

  void reset();

 private:
  enum class Place : std::uint8_t { kBefore, kBom1, kBom2, kInside, kText, kEscape };

  State step(char byte);
  State step_before(char byte);
  State step_inside(char byte);
  State refuse(State state, std::string_view why);

  Limits limits_;
  Place place_ = Place::kBefore;
  bool bom_seen_ = false, quote_seen_ = false, started_ = false;
  unsigned depth_ = 0;
  std::uint64_t arrays_ = 0;  // bit n: level n is an array
  std::size_t seen_ = 0;
  std::string kept_;  // of earlier feeds
  std::string_view frame_, reason_;
};

}  // namespace hearth::net

#endif
