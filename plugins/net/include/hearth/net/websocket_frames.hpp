// WebSocket frames (RFC 6455, section 5): WebSocketDecoder out of a stream of bytes, and the writing of one.
#ifndef HEARTH_NET_WEBSOCKET_FRAMES_HPP
#define HEARTH_NET_WEBSOCKET_FRAMES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/net/utf8.hpp"

namespace hearth::net {

enum class WebSocketOpcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

// Codes of section 7.4 that this side says or sees by itself.
struct WebSocketCode {
  static constexpr std::uint16_t kNormal = 1000, kGoingAway = 1001, kProtocolError = 1002, kNoCode = 1005,
                                 kAbnormal = 1006, kNotUtf8 = 1007, kPolicy = 1008, kTooBig = 1009,
                                 kServerError = 1011, kTryLater = 1013;
  // May it stand in a Close frame?
  static bool may_be_sent(std::uint16_t code);
};

using WebSocketMask = std::array<char, 4>;

// Checks everything that section 5 demands, as early as it can be seen: masks (of a client always, of a
// server never), reserved bits and opcodes, shortest lengths, control frames (at most 125 bytes, whole),
// fragments, UTF-8 of texts and reasons, close codes, and the size of a message, before it is kept. Keeps
// nothing between messages. [any, one at a time]
class WebSocketDecoder {
 public:
  enum class From : std::uint8_t { kClient, kServer };
  enum class Event : std::uint8_t {
    kNeedMore,  // everything was used
    kText,      // payload() is a whole message
    kBinary,
    kPing,    // payload() is to be sent back
    kPong,    // payload() is what was sent
    kClose,   // code() and payload(), the reason
    kRefused  // code() is what to close with, payload() are words; nothing more can be read
  };

  WebSocketDecoder(From from, std::size_t max_message) : max_message_(max_message), from_(from) {}

  // Looks at `bytes`, which begin where the last call stopped, until something is found.
  Event next(std::string_view bytes, std::size_t& used);
  // Until the next call; of a whole unmasked frame a view into its bytes.
  std::string_view payload() const { return payload_; }
  std::uint16_t code() const { return code_; }
  // What it keeps of an unfinished message.
  std::size_t held() const { return message_.size(); }

 private:
  bool read_header(std::string_view bytes, std::size_t& used);
  bool check_start();
  bool check_size();
  void take_payload(std::string_view bytes, std::size_t& used);
  Event end_of_frame();
  Event end_of_close();
  Event refuse(std::uint16_t code, std::string_view words);
  bool is_control() const { return (static_cast<unsigned>(opcode_) & 8) != 0; }

  const std::size_t max_message_;
  std::uint64_t left_ = 0;  // of the frame's payload
  std::string message_;     // so far, or the last one
  std::string control_;     // the same of a control frame, which may come between the parts of a message
  std::string_view payload_;
  std::array<char, 14> header_{};
  WebSocketMask mask_{};
  std::uint16_t code_ = 0;
  std::uint8_t have_ = 0, need_ = 2;  // of the header
  std::uint8_t mask_at_ = 0;
  From from_;
  WebSocketOpcode opcode_ = WebSocketOpcode::kContinuation;
  WebSocketOpcode message_is_ = WebSocketOpcode::kContinuation;  // kContinuation: none is open
  bool last_ = false, in_payload_ = false, refused_ = false;
  Utf8Checker text_;
};

// The longest header.
inline constexpr std::size_t kWebSocketHeaderSize = 14;

// Writes the header of an unfragmented frame to `to` and returns its size. With a mask, the payload has to
// have been through mask_payload().
std::size_t write_frame_header(char* to, WebSocketOpcode opcode, std::size_t payload_size,
                               const WebSocketMask* mask = nullptr);
// XORs; `at` is the place of the first byte in the payload.
void mask_payload(char* bytes, std::size_t size, const WebSocketMask& mask, std::size_t at = 0);
// Appends a whole frame.
void append_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                  const WebSocketMask* mask = nullptr);
// A Close frame's payload; the reason is cut to the 123 bytes that it may have, between characters.
std::string close_payload(std::uint16_t code, std::string_view reason);

}  // namespace hearth::net

#endif
