// ASCII eight bytes at a time, everything else by the ranges of RFC 3629, section 4.
#include "hearth/net/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace hearth::net {

namespace {

// How many bytes at the front are ASCII, in steps of eight.
std::size_t ascii_words(const char* bytes, std::size_t size) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    if (word & 0x8080808080808080) break;
  }
  return at;
}

}  // namespace

bool Utf8Checker::feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size() && !bad_;) {
    if (open_ == 0) {
      i += ascii_words(bytes.data() + i, bytes.size() - i);
      if (i == bytes.size()) break;
    }
    const auto byte = static_cast<unsigned char>(bytes[i++]);
    if (open_ == 0) {
      bad_ = byte >= 0x80 && !begin(byte);
    } else if (byte < least_ || byte > most_) {
      bad_ = true;
    } else {
      --open_;
      least_ = 0x80;
      most_ = 0xbf;
    }
  }
  return !bad_;
}

bool Utf8Checker::begin(unsigned char byte) {
  if (byte < 0xc2 || byte > 0xf4) return false;
  open_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  if (byte == 0xe0) least_ = 0xa0;  // shorter forms exist
  if (byte == 0xed) most_ = 0x9f;   // surrogates
  if (byte == 0xf0) least_ = 0x90;
  if (byte == 0xf4) most_ = 0x8f;  // above U+10FFFF
  return true;
}

}  // namespace hearth::net
