// PacketReader: a packet's target, and its payload as it travels on.
#ifndef HEARTH_RELAY_PACKET_READER_HPP
#define HEARTH_RELAY_PACKET_READER_HPP

#include <memory>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::relay {

// Reads without building a value, and into the same memory again and again. [any, one at a time]
class PacketReader {
 public:
  static constexpr std::size_t kMaxDepth = 32;

  PacketReader();
  ~PacketReader();

  // A packet. kInvalid, in words for the sender, unless `text` is one JSON object (RFC 8259, UTF-8, no lone
  // surrogates, nested kMaxDepth deep at most) with a text `target` and a `payload`, and no key twice. Other
  // keys don't matter.
  Status read(std::string_view text);
  // A payload alone: any JSON value.
  Status read_payload(std::string_view text);

  // After success, until the next read.
  const std::string& target() const;
  // Compact JSON: no white space, text as UTF-8 instead of escapes, numbers as they were written.
  const std::string& payload() const;

 private:
  struct Parser;
  Status parse(std::string_view text);

  std::unique_ptr<Parser> parser_;
};

}  // namespace hearth::relay

#endif
