// is_text(): valid UTF-8, found out in another way than net does.
#ifndef HEARTH_TEST_FUZZ_PLAIN_UTF8_HPP
#define HEARTH_TEST_FUZZ_PLAIN_UTF8_HPP

#include <array>
#include <cstdint>
#include <string_view>

namespace hearth::fuzz {

// RFC 3629, by the value that a character has, and by the bytes that it needs.
inline bool is_text(std::string_view bytes) {
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  while (!bytes.empty()) {
    const auto first = static_cast<unsigned char>(bytes.front());
    const std::size_t size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 0 || first >= 0xf8 || size > bytes.size()) return false;
    std::uint32_t point = size == 1 ? first : first & (0x7fu >> size);
    for (const char c : bytes.substr(1, size - 1)) {
      if ((c & 0xc0) != 0x80) return false;
      point = point << 6 | (c & 0x3fu);
    }
    if (point < kLeast[size] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

}  // namespace hearth::fuzz

#endif
