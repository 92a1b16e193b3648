// PacketStream: finds packets, JSON objects that nothing separates, in a stream of bytes.
#ifndef HEARTH_RELAY_PACKET_STREAM_HPP
#define HEARTH_RELAY_PACKET_STREAM_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::relay {

// A packet, sent or received, has fewer characters than this (protocol.md, "All Packets").
inline constexpr std::size_t kPacketLimit = 1024;

// Unicode characters of valid UTF-8.
std::size_t characters(std::string_view text);
// Has `text` at least so many? Cheap for short texts.
inline bool has_characters(std::string_view text, std::size_t many) {
  return text.size() >= many && characters(text) >= many;
}

// The original takes whatever one recv() returns for a packet; TCP splits and joins. So a packet ends with
// its closing brace, which is looked for outside of strings; white space between packets is skipped. What a
// packet says is the reader's to judge. Linear in the bytes, however they are cut. [any, one at a time]
class PacketStream {
 public:
  enum class Found : std::uint8_t {
    kNothing,  // more is needed
    kPacket,
    kLong,     // a packet of kPacketLimit characters or more
    kGarbage,  // something else: an array, or anything up to a line's end, a bracket, or the end of the bytes
    kEndless,  // open for more than kMost characters, or 4 * kMost bytes; the stream can't go on
  };
  static constexpr std::size_t kMost = 4 * kPacketLimit;  // characters

  // Takes from the front of `bytes` what belongs to the thing found, or all.
  Found next(std::string_view& bytes);

  // After kPacket, until the next call; it may lie within `bytes`.
  std::string_view packet() const { return packet_; }

 private:
  Found begin(std::string_view& bytes);
  Found skip_run(std::string_view& bytes);
  Found go_on(std::string_view& bytes);
  bool closes(char byte);

  bool inside_ = false;  // an object, or an array
  bool is_array_ = false;
  bool in_text_ = false, escaped_ = false;
  std::size_t depth_ = 0;
  std::string kept_;  // of earlier bytes
  std::size_t kept_characters_ = 0;
  std::string_view packet_;
};

}  // namespace hearth::relay

#endif
