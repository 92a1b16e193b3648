// cut(), same_word(): texts of strangers, shortened and compared.
#ifndef HEARTH_PROTOCOLS_WORDS_HPP
#define HEARTH_PROTOCOLS_WORDS_HPP

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hearth::protocols {

// At most `most` bytes of `text`, which is UTF-8, ending at a character's boundary.
constexpr std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// But for capitals, of ASCII.
constexpr bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace hearth::protocols

#endif
