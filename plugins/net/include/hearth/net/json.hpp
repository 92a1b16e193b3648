// JSON from and for the network: Boost.JSON with the strictness and the number format that the wire needs.
#ifndef HEARTH_NET_JSON_HPP
#define HEARTH_NET_JSON_HPP

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::net::json {

struct Limits {
  std::size_t max_depth = 32;
  std::size_t max_keys = 4096;  // in one object
  bool trailing = false;        // ignore what follows the first value
};

// RFC 8259, and beyond it refuses: a key twice in one object, numbers too large for a double, lone
// surrogates, invalid UTF-8. An integer that fits neither int64 nor uint64 becomes a double. Fails as
// kInvalid, with the byte where it went wrong. [any]
Result<boost::json::value> parse(std::string_view text, const Limits& limits = {});

// How text is written. All forms are valid JSON; invalid UTF-8 in a string becomes U+FFFD.
struct Style {
  bool ascii = false;   // everything else as \u20ac
  bool spaced = false;  // ", " and ": "
  bool escape_braces =
      false;  // { and } in strings as \u007b, \u007d: for peers that count braces without knowing strings
};
inline constexpr Style kCompact{};

// Appends to `out`. Numbers have the fewest digits that read back equal ("21.05", "1e+22"); non-finite ones
// are null. [any]
void append(std::string& out, const boost::json::value& value, const Style& style = kCompact);
void append_text(std::string& out, std::string_view text, const Style& style = kCompact);
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, double number);

std::string to_text(const boost::json::value& value, const Style& style = kCompact);

}  // namespace hearth::net::json

#endif
