// The legacy Kasa cipher and its TCP framing: autokey XOR behind a length of 4 bytes. It hides nothing.
#ifndef HEARTH_DRIVERS_TPLINK_XOR_CODEC_HPP
#define HEARTH_DRIVERS_TPLINK_XOR_CODEC_HPP

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace tplink {

// Of one reply's cipher text. The largest known (a strip of six outlets) has 1.3 KiB.
inline constexpr std::size_t kLongestReply = 64 * 1024;

// Each cipher byte is the plain one XOR the cipher byte before it; 171 before the first.
std::string encipher(std::string_view plain);
std::string decipher(std::string_view cipher);

// What goes on the wire for one request: big-endian length, cipher text. To be written in one piece.
std::string frame(std::string_view plain);

// Puts one reply together from whatever pieces the network gives. Memory grows with what arrives, never with
// what is announced.
class FrameReader {
 public:
  // Takes `bytes`; true once the reply is whole. What follows it is ignored. An error for a length of 0 or
  // above the limit: then the connection is of no more use.
  hearth::Result<bool> feed(std::string_view bytes);

  // The reply in plain; only when feed said true.
  std::string text() const { return decipher(body_); }
  // Has anything arrived?
  bool started() const { return header_bytes_ != 0; }

 private:
  std::array<unsigned char, 4> header_{};
  std::size_t header_bytes_ = 0;
  std::uint32_t length_ = 0;
  std::string body_;
};

}  // namespace tplink

#endif
