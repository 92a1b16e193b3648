// Conversions of single arguments.
#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::athome {

namespace {

constexpr std::size_t kMaxText = 256;

Error not_an_integer() { return {ErrorCode::kInvalid, "is not an integer"}; }

Result<std::int64_t> parse_integer(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\v\f";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return not_an_integer();
  text = text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return not_an_integer();
  return number;
}

}  // namespace

Result<std::int64_t> to_integer(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::bool_: return std::int64_t{value.get_bool()};
    case boost::json::kind::int64: return value.get_int64();
    case boost::json::kind::double_: {
      const double whole = std::trunc(value.get_double());
      if (std::abs(whole) > 9007199254740992.0)
        return not_an_integer();  // 2^53: beyond it, which one was meant?
      return static_cast<std::int64_t>(whole);
    }
    case boost::json::kind::string: return parse_integer(value.get_string());
    default: return not_an_integer();
  }
}

Result<std::int64_t> Arguments::integer(std::string_view key) const {
  const auto* value = find(key);
  if (!value) return Error{ErrorCode::kInvalid, concat(key, " is required")};
  auto number = to_integer(*value);
  if (!number.ok()) return Error{ErrorCode::kInvalid, concat(key, " ", number.error().words)};
  return number;
}

Result<std::int64_t> Arguments::integer(std::string_view key, std::int64_t min, std::int64_t max) const {
  auto number = integer(key);
  if (number.ok() && (*number < min || *number > max))
    return Error{ErrorCode::kInvalid, concat(key, " must be from ", min, " to ", max)};
  return number;
}

Result<std::string> Arguments::text(std::string_view key) const {
  const auto* value = find(key);
  if (!value) return Error{ErrorCode::kInvalid, concat(key, " is required")};
  std::string text;
  if (value->is_string()) {
    text = std::string_view(value->get_string());
  } else if (value->is_number()) {
    text = net::json::to_text(*value);
  } else {
    return Error{ErrorCode::kInvalid, concat(key, " is not a string")};
  }
  if (text.size() > kMaxText)
    return Error{ErrorCode::kInvalid, concat(key, " is longer than ", kMaxText, " bytes")};
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return Error{ErrorCode::kInvalid, concat(key, " contains control characters")};
  return text;
}

}  // namespace hearth::athome
