// Escapes, repairs and cuts text so that it is one harmless line.
#include "core/log/one_line.hpp"

#include <fmt/format.h>

#include <iterator>

#include "core/log/utf8.hpp"

namespace hearth::core {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string escaped(char32_t c) {
  switch (c) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(c));
  }
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit) {
  std::string line;
  line.reserve(text.size() < limit ? text.size() : limit);
  std::size_t cut = 0;  // the longest prefix that still leaves room for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (!point.valid) {
      line += kReplacement;
    } else if (is_control(point.value)) {
      line += escaped(point.value);
    } else {
      line += text.substr(at, point.size);
    }
    at += point.size;
    if (line.size() > limit) {
      line.resize(cut);
      line += kEllipsis;
      return line;
    }
    if (line.size() + kEllipsis.size() <= limit) cut = line.size();
  }
  return line;
}

}  // namespace hearth::core
