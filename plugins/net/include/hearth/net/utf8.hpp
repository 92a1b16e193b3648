// Utf8Checker: is a text that comes in pieces valid UTF-8?
#ifndef HEARTH_NET_UTF8_HPP
#define HEARTH_NET_UTF8_HPP

#include <cstdint>
#include <string_view>

namespace hearth::net {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Says no at the first byte that can't be
// right, even in the middle of a character. [any, one at a time]
class Utf8Checker {
 public:
  // False for ever once something is wrong.
  bool feed(std::string_view bytes);
  // No character is unfinished.
  bool complete() const { return open_ == 0; }

 private:
  bool begin(unsigned char byte);

  std::uint8_t open_ = 0;                    // bytes that the present character still needs
  std::uint8_t least_ = 0x80, most_ = 0xbf;  // what the next one may be
  bool bad_ = false;
};

inline bool is_utf8(std::string_view text) {
  Utf8Checker checker;
  return checker.feed(text) && checker.complete();
}

}  // namespace hearth::net

#endif
