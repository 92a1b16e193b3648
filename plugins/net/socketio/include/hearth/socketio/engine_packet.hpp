// Engine.IO packets (protocol 4): what one message of a WebSocket or one piece of a polling body says.
#ifndef HEARTH_SOCKETIO_ENGINE_PACKET_HPP
#define HEARTH_SOCKETIO_ENGINE_PACKET_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::socketio {

// The digit in front of a packet.
enum class EngineType : char {
  kOpen = '0',
  kClose = '1',
  kPing = '2',
  kPong = '3',
  kMessage = '4',
  kUpgrade = '5',
  kNoop = '6'
};

struct EnginePacket {
  EngineType type = EngineType::kNoop;
  bool binary = false;    // a message whose bytes came as 'b' and Base64; `data` holds the bytes
  std::string_view data;  // what follows the digit
};

// Reads packets of text; a binary message that came as Base64 is decoded into the reader. [any, one at a
// time]
class EngineReader {
 public:
  // False if it is none: empty, no digit from 0 to 6, no Base64. The packet's view lasts until the next call.
  bool read(std::string_view text, EnginePacket& packet);

 private:
  std::string decoded_;
};

// Takes the first packet off a polling body, in which they are separated by 0x1e. False at the end.
// An empty packet comes out as such. [any]
class EnginePayload {
 public:
  static constexpr char kSeparator = '\x1e';

  explicit EnginePayload(std::string_view body) : rest_(body) {}
  bool next(std::string_view& packet);

 private:
  std::string_view rest_;
  bool ended_ = false;
};

// Appends a packet to a polling body, with a separator if it isn't the first.
void append_to_payload(std::string& body, std::string_view packet, bool binary);

}  // namespace hearth::socketio

#endif
