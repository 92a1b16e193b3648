// Only braces, brackets, quotes and backslashes matter here.
#include "packet_stream.hpp"

#include <algorithm>

namespace hearth::relay {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

PacketStream::Found PacketStream::next(std::string_view& bytes) {
  if (inside_) return go_on(bytes);
  if (kept_.capacity() > kPacketLimit) kept_ = {};
  bytes.remove_prefix(std::min(bytes.find_first_not_of(kSpace), bytes.size()));
  return bytes.empty() ? Found::kNothing : begin(bytes);
}

PacketStream::Found PacketStream::begin(std::string_view& bytes) {
  is_array_ = bytes.front() == '[';
  if (bytes.front() != '{' && !is_array_) return skip_run(bytes);
  inside_ = true;
  in_text_ = escaped_ = false;
  depth_ = 0;
  kept_.clear();
  kept_characters_ = 0;
  return go_on(bytes);
}

PacketStream::Found PacketStream::skip_run(std::string_view& bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_of("{[\n"), bytes.size()));
  return Found::kGarbage;
}

// Is it the last byte of the object or array?
bool PacketStream::closes(char byte) {
  if (in_text_) {
    if (escaped_) {
      escaped_ = false;
    } else if (byte == '\\') {
      escaped_ = true;
    } else {
      in_text_ = byte != '"';
    }
    return false;
  }
  if (byte == '"') in_text_ = true;
  if (byte == '{' || byte == '[') ++depth_;
  return (byte == '}' || byte == ']') && --depth_ == 0;
}

PacketStream::Found PacketStream::go_on(std::string_view& bytes) {
  const auto last = std::ranges::find_if(bytes, [this](char byte) { return closes(byte); });
  inside_ = last == bytes.end();
  const auto piece = bytes.substr(0, static_cast<std::size_t>(last - bytes.begin()) + (inside_ ? 0 : 1));
  bytes.remove_prefix(piece.size());
  if (inside_ || !kept_.empty()) {
    kept_characters_ += characters(piece);
    if (kept_characters_ > kMost || kept_.size() + piece.size() > 4 * kMost) return Found::kEndless;
    kept_.append(piece);
    packet_ = kept_;
  } else {
    packet_ = piece;
  }
  if (inside_) return Found::kNothing;
  if (packet_.size() > 4 * kMost || has_characters(packet_, kMost + 1)) return Found::kEndless;
  if (is_array_) return Found::kGarbage;
  return has_characters(packet_, kPacketLimit) ? Found::kLong : Found::kPacket;
}

}  // namespace hearth::relay
