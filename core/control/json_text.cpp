// Escaping, number formatting and UTC time.
#include "core/control/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>

#include "core/log/utf8.hpp"

namespace hearth::core {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F) {
        append_escaped(out, c);
      } else {
        out += c;
      }
      ++at;
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    out += point.valid ? text.substr(at, point.size) : kReplacement;
    at += point.size;
  }
  out += '"';
}

void append_json(std::string& out, double number) {
  if (std::isfinite(number)) {
    fmt::format_to(std::back_inserter(out), "{}", number);
  } else {
    out += "null";
  }
}

void append_json_hex(std::string& out, const std::uint8_t* data, std::size_t size, std::size_t limit) {
  out += '"';
  for (std::size_t i = 0; i < std::min(size, limit); ++i)
    fmt::format_to(std::back_inserter(out), "{:02x}", data[i]);
  out += '"';
}

std::string iso_time(std::int64_t time_us) {
  constexpr std::int64_t kSecond = 1'000'000;
  constexpr std::int64_t kEnd = 253402300800 * kSecond - 1;  // the last microsecond of the year 9999
  const auto clamped = std::clamp<std::int64_t>(time_us, 0, kEnd);
  const std::time_t seconds = clamped / kSecond;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, clamped % kSecond);
}

}  // namespace hearth::core
