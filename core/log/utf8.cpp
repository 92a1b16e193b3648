// The UTF-8 decoder of RFC 3629.
#include "core/log/utf8.hpp"

namespace hearth::core {
namespace {

constexpr CodePoint kWrong{0xFFFD, 1, false};

// Bytes that follow the lead byte, or -1 if it can't lead.
int continuation_count(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead <= 0xDF) return 1;
  if (lead >= 0xE0 && lead <= 0xEF) return 2;
  if (lead >= 0xF0 && lead <= 0xF4) return 3;
  return -1;
}

bool in_range(char32_t value, int continuations) {
  switch (continuations) {
    case 2: return value >= 0x800 && (value < 0xD800 || value > 0xDFFF);
    case 3: return value >= 0x10000 && value <= 0x10FFFF;
    default: return true;
  }
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const int more = continuation_count(lead);
  if (more == 0) return {lead, 1, true};
  if (more < 0 || text.size() - at <= static_cast<std::size_t>(more)) return kWrong;

  char32_t value = lead & (0x3Fu >> more);
  for (int i = 1; i <= more; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0) != 0x80) return kWrong;
    value = (value << 6) | (byte & 0x3F);
  }
  if (!in_range(value, more)) return kWrong;
  return {value, static_cast<std::size_t>(more) + 1, true};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (!point.valid) return false;
    at += point.size;
  }
  return true;
}

}  // namespace hearth::core
