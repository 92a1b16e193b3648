// Reads UTF-8 that may be wrong, one code point at a time.
#ifndef HEARTH_CORE_LOG_UTF8_HPP
#define HEARTH_CORE_LOG_UTF8_HPP

#include <cstddef>
#include <string_view>

namespace hearth::core {

struct CodePoint {
  char32_t value = 0;    // U+FFFD when !valid
  std::size_t size = 0;  // bytes it takes; 1 when !valid, so that reading goes on at the next byte
  bool valid = false;
};

// The code point that begins at `text[at]`; `at` < text.size(). Overlong forms, surrogates and values past
// U+10FFFF are wrong (RFC 3629, section 4).
CodePoint decode_utf8(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

}  // namespace hearth::core

#endif
