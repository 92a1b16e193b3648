// A parse handler that refuses duplicate keys, and a writer with our number format.
#include "hearth/net/json.hpp"

#include <array>
#include <boost/container/small_vector.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

#include "hearth/log.hpp"

namespace hearth::net::json {

namespace {

namespace bj = boost::json;

// Builds the value in place. The DOM parser of Boost keeps the last of two equal keys without a word, hence
// our own. Pointers to open containers stay valid: while one is open its parent doesn't grow.
class Handler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Handler(std::size_t max_keys) : max_keys_(max_keys) {}

  bj::value take() { return std::move(root_); }
  // Our own reason for a refusal; null if Boost has one.
  const char* reason() const { return reason_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) { return open(bj::object_kind); }
  bool on_object_end(std::size_t, bj::error_code&) { return shut(); }
  bool on_array_begin(bj::error_code&) { return open(bj::array_kind); }
  bool on_array_end(std::size_t, bj::error_code&) { return shut(); }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return more(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    auto& object = open_.back()->get_object();
    if (object.size() == max_keys_) return refuse("too many keys in one object", ec);
    const auto [place, is_new] = object.emplace(whole(part), nullptr);
    if (!is_new) return refuse("the same key twice in one object", ec);
    next_ = &place->value();
    text_.clear();
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return more(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
    place(bj::string_kind).get_string().assign(whole(part));
    text_.clear();
    return true;
  }
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) { return put(number); }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) { return put(number); }
  // Boost's reckoning may be a unit off in the last place. Out of range, `number` stays Boost's.
  bool on_double(double number, bj::string_view digits, bj::error_code& ec) {
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return std::isfinite(number) ? put(number) : refuse("a number that is too large", ec);
  }
  bool on_bool(bool flag, bj::error_code&) { return put(flag); }
  bool on_null(bj::error_code&) { return put(nullptr); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  bool more(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  // What has come in parts, with the last one; mostly there is but one.
  bj::string_view whole(bj::string_view last) {
    if (text_.empty()) return last;
    text_.append(last.data(), last.size());
    return text_;
  }
  bool refuse(const char* reason, bj::error_code& ec) {
    reason_ = reason;
    ec = bj::error::syntax;
    return false;
  }
  // Made where it belongs: behind the last key, at the end of the array, or as the root.
  template <class Value>
  bj::value& place(Value value) {
    if (!open_.empty())
      if (auto* array = open_.back()->if_array()) {
        if (array->capacity() == 0) array->reserve(2);  // else it grows one by one at first
        return array->emplace_back(value);
      }
    auto& there = open_.empty() ? root_ : *next_;
    put_into(there, value);
    return there;
  }
  // Cheaper than to assign a value, which is swapped with one that is destroyed then.
  static void put_into(bj::value& there, bj::string_kind_t) { there.emplace_string(); }
  static void put_into(bj::value& there, bj::array_kind_t) { there.emplace_array(); }
  static void put_into(bj::value& there, bj::object_kind_t) { there.emplace_object(); }
  template <class Value>
  static void put_into(bj::value& there, Value value) {
    there = value;
  }
  template <class Value>
  bool put(Value value) {
    place(value);
    return true;
  }
  template <class Kind>
  bool open(Kind kind) {
    open_.push_back(&place(kind));
    return true;
  }
  bool shut() {
    open_.pop_back();
    return true;
  }

  const std::size_t max_keys_;
  bj::value root_;
  bj::value* next_ = nullptr;
  boost::container::small_vector<bj::value*, 8> open_;
  std::string text_;  // of a key or string that comes in parts
  const char* reason_ = nullptr;
};

void append_escape(std::string& out, unsigned unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 15];
}

// The code point that begins at `at` and its length; U+FFFD and 1 where that isn't UTF-8 (RFC 3629, section
// 4).
std::pair<unsigned, std::size_t> decode_utf8(std::string_view text, std::size_t at) {
  constexpr std::pair<unsigned, std::size_t> kBad{0xfffd, 1};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return kBad;
  unsigned point = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kBad;
    point = point << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<unsigned, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (point < kLeast[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return kBad;
  return {point, size};
}

void append_wide(std::string& out, std::string_view text, std::size_t& at, const Style& style) {
  const auto [point, size] = decode_utf8(text, at);
  if (!style.ascii) {
    out += point == 0xfffd ? "\xef\xbf\xbd" : text.substr(at, size);
  } else if (point < 0x10000) {
    append_escape(out, point);
  } else {
    append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
    append_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
  }
  at += size;
}

template <class Each, class Items>
void append_items(std::string& out, const Items& items, std::string_view between, Each each) {
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) out += between;
    each(item);
  }
}

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// May it stand in a text as it is?
bool is_plain(char c, const Style& style) {
  return kPlain[static_cast<unsigned char>(c)] && !(style.escape_braces && (c == '{' || c == '}'));
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: append_escape(out, c);
  }
}

}  // namespace

Result<boost::json::value> parse(std::string_view text, const Limits& limits) {
  bj::parse_options options;
  options.max_depth = limits.max_depth;
  bj::basic_parser<Handler> parser(options, limits.max_keys);
  bj::error_code ec;
  try {
    auto used = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && parser.done()) {
      while (used < text.size() && std::string_view(" \t\r\n").find(text[used]) != std::string_view::npos)
        ++used;
      if (limits.trailing || used == text.size()) return parser.handler().take();
      ec = bj::error::extra_data;
    }
    const auto* own = parser.handler().reason();
    return Error{ErrorCode::kInvalid, concat("not valid JSON at byte ", used, ": ",
                                             own ? own : (ec ? ec : bj::error::incomplete).message())};
  } catch (const std::exception& e) {
    return Error{ErrorCode::kInvalid, concat("not valid JSON: ", e.what())};
  }
}

void append_number(std::string& out, std::int64_t number) { detail::append(out, number); }

void append_number(std::string& out, double number) {
  if (std::isfinite(number)) {
    detail::append(out, number);
  } else {
    out += "null";
  }
}

void append_text(std::string& out, std::string_view text, const Style& style) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    while (at < text.size() && is_plain(text[at], style)) ++at;
    out.append(text, begin, at - begin);
    if (at == text.size()) break;
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
      append_wide(out, text, at, style);
      continue;
    }
    ++at;
    append_escaped(out, c);
  }
  out += '"';
}

void append(std::string& out, const boost::json::value& value, const Style& style) {
  const std::string_view comma = style.spaced ? ", " : ",";
  switch (value.kind()) {
    case bj::kind::null: out += "null"; return;
    case bj::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case bj::kind::int64: detail::append(out, value.get_int64()); return;
    case bj::kind::uint64: detail::append(out, value.get_uint64()); return;
    case bj::kind::double_: append_number(out, value.get_double()); return;
    case bj::kind::string: append_text(out, value.get_string(), style); return;
    case bj::kind::array:
      out += '[';
      append_items(out, value.get_array(), comma, [&](const bj::value& item) { append(out, item, style); });
      out += ']';
      return;
    case bj::kind::object:
      out += '{';
      append_items(out, value.get_object(), comma, [&](const bj::key_value_pair& item) {
        append_text(out, item.key(), style);
        out += style.spaced ? ": " : ":";
        append(out, item.value(), style);
      });
      out += '}';
      return;
  }
}

std::string to_text(const boost::json::value& value, const Style& style) {
  std::string out;
  append(out, value, style);
  return out;
}

}  // namespace hearth::net::json
