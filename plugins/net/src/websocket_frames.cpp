// Bits and bytes of RFC 6455, section 5.
#include "hearth/net/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hearth::net {

namespace {

constexpr std::size_t kMaxControl = 125;
constexpr unsigned kLast = 0x80, kReserved = 0x70, kOpcode = 0x0f, kMasked = 0x80, kSize = 0x7f;

unsigned to_byte(char c) { return static_cast<unsigned char>(c); }

std::uint64_t read_number(const char* bytes, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | to_byte(bytes[i]);
  return number;
}

// Where nothing is left, nothing stays allocated.
void release(std::string& text) {
  if (!text.empty()) text = {};
}

}  // namespace

bool WebSocketCode::may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

WebSocketDecoder::Event WebSocketDecoder::next(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (refused_) return Event::kRefused;
  if (!in_payload_) release(control_);
  if (!in_payload_ && message_is_ == WebSocketOpcode::kContinuation) release(message_);
  while (true) {
    if (!in_payload_) {
      if (!read_header(bytes, used)) return refused_ ? Event::kRefused : Event::kNeedMore;
      in_payload_ = true;
    }
    take_payload(bytes, used);
    if (refused_) return Event::kRefused;
    if (left_ != 0) return Event::kNeedMore;
    in_payload_ = false;
    have_ = 0;
    need_ = 2;
    if (const auto event = end_of_frame(); event != Event::kNeedMore) return event;
  }
}

// True when it is complete and fine.
bool WebSocketDecoder::read_header(std::string_view bytes, std::size_t& used) {
  while (have_ < need_) {
    if (used == bytes.size()) return false;
    header_[have_++] = bytes[used++];
    if (have_ == 2 && !check_start()) return false;
  }
  return check_size();
}

// What two bytes tell.
bool WebSocketDecoder::check_start() {
  const auto wrong = [this](std::string_view words) {
    refuse(WebSocketCode::kProtocolError, words);
    return false;
  };
  const unsigned first = to_byte(header_[0]), second = to_byte(header_[1]);
  opcode_ = static_cast<WebSocketOpcode>(first & kOpcode);
  last_ = (first & kLast) != 0;
  if (first & kReserved) return wrong("a reserved bit is set");
  if ((first & 7) > 2) return wrong("an unknown opcode");
  const bool masked = (second & kMasked) != 0;
  if (masked != (from_ == From::kClient)) return wrong(masked ? "a masked frame" : "an unmasked frame");
  const bool open = message_is_ != WebSocketOpcode::kContinuation;
  if (is_control()) {
    if (!last_) return wrong("a fragmented control frame");
    if ((second & kSize) > kMaxControl) return wrong("a control frame that is too long");
  } else if (open != (opcode_ == WebSocketOpcode::kContinuation)) {
    return wrong(open ? "a new message inside another" : "a continuation of nothing");
  }
  const std::size_t more = (second & kSize) == 126 ? 2 : (second & kSize) == 127 ? 8 : 0;
  need_ = static_cast<std::uint8_t>(2 + more + (masked ? 4 : 0));
  return true;
}

bool WebSocketDecoder::check_size() {
  const unsigned short_size = to_byte(header_[1]) & kSize;
  const std::size_t more = short_size == 126 ? 2 : short_size == 127 ? 8 : 0;
  left_ = more == 0 ? short_size : read_number(header_.data() + 2, more);
  if ((more == 2 && left_ < 126) || (more == 8 && (left_ < 0x10000 || left_ >> 63 != 0)))
    return refuse(WebSocketCode::kProtocolError, "a length in the wrong form"), false;
  if (!is_control() && left_ > max_message_ - message_.size())
    return refuse(WebSocketCode::kTooBig, "the message is larger than allowed"), false;
  if (from_ == From::kClient) std::memcpy(mask_.data(), header_.data() + need_ - 4, 4);
  mask_at_ = 0;
  if (!is_control() && opcode_ != WebSocketOpcode::kContinuation) message_is_ = opcode_;
  return true;
}

void WebSocketDecoder::take_payload(std::string_view bytes, std::size_t& used) {
  auto piece =
      bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used)));
  used += piece.size();
  const bool whole = piece.size() == left_;
  left_ -= piece.size();
  auto& kept = is_control() ? control_ : message_;
  if (whole && last_ && from_ == From::kServer && kept.empty()) {
    payload_ = piece;  // whole and without a mask: no copy
  } else {
    const auto before = kept.size();
    kept.append(piece);
    if (from_ == From::kClient) mask_payload(kept.data() + before, piece.size(), mask_, mask_at_);
    mask_at_ = static_cast<std::uint8_t>((mask_at_ + piece.size()) & 3);
    piece = std::string_view(kept).substr(before);
    payload_ = kept;
  }
  if (!is_control() && message_is_ == WebSocketOpcode::kText && !text_.feed(piece))
    refuse(WebSocketCode::kNotUtf8, "the text is not valid UTF-8");
}

WebSocketDecoder::Event WebSocketDecoder::end_of_frame() {
  switch (opcode_) {
    case WebSocketOpcode::kPing: return Event::kPing;
    case WebSocketOpcode::kPong: return Event::kPong;
    case WebSocketOpcode::kClose: return end_of_close();
    default: break;
  }
  if (!last_) return Event::kNeedMore;
  if (std::exchange(message_is_, WebSocketOpcode::kContinuation) == WebSocketOpcode::kBinary)
    return Event::kBinary;
  if (!text_.complete()) return refuse(WebSocketCode::kNotUtf8, "the text is not valid UTF-8");
  return Event::kText;
}

WebSocketDecoder::Event WebSocketDecoder::end_of_close() {
  code_ = WebSocketCode::kNoCode;
  if (payload_.empty()) return Event::kClose;
  if (payload_.size() == 1) return refuse(WebSocketCode::kProtocolError, "half a close code");
  code_ = static_cast<std::uint16_t>(read_number(payload_.data(), 2));
  if (!WebSocketCode::may_be_sent(code_))
    return refuse(WebSocketCode::kProtocolError, "a close code that may not be sent");
  payload_.remove_prefix(2);
  if (!is_utf8(payload_)) return refuse(WebSocketCode::kNotUtf8, "the reason is not valid UTF-8");
  return Event::kClose;
}

WebSocketDecoder::Event WebSocketDecoder::refuse(std::uint16_t code, std::string_view words) {
  refused_ = true;
  code_ = code;
  payload_ = words;
  message_ = {};
  control_ = {};
  return Event::kRefused;
}

std::size_t write_frame_header(char* to, WebSocketOpcode opcode, std::size_t payload_size,
                               const WebSocketMask* mask) {
  to[0] = static_cast<char>(kLast | static_cast<unsigned>(opcode));
  const std::size_t more = payload_size < 126 ? 0 : payload_size < 0x10000 ? 2 : 8;
  const unsigned short_size = more == 0 ? static_cast<unsigned>(payload_size) : more == 2 ? 126 : 127;
  to[1] = static_cast<char>(short_size | (mask ? kMasked : 0));
  for (std::size_t i = 0; i < more; ++i)
    to[2 + i] = static_cast<char>(static_cast<std::uint64_t>(payload_size) >> (8 * (more - 1 - i)));
  if (mask) std::memcpy(to + 2 + more, mask->data(), mask->size());
  return 2 + more + (mask ? 4 : 0);
}

void mask_payload(char* bytes, std::size_t size, const WebSocketMask& mask, std::size_t at) {
  std::array<char, 8> twice;
  for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = mask[(at + i) & 3];
  std::uint64_t key = 0;
  std::memcpy(&key, twice.data(), sizeof key);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i, sizeof word);
    word ^= key;
    std::memcpy(bytes + i, &word, sizeof word);
  }
  for (; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ twice[i & 7]);
}

void append_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                  const WebSocketMask* mask) {
  std::array<char, kWebSocketHeaderSize> header;
  const auto size = write_frame_header(header.data(), opcode, payload.size(), mask);
  out.reserve(out.size() + size + payload.size());
  out.append(header.data(), size).append(payload);
  if (mask) mask_payload(out.data() + out.size() - payload.size(), payload.size(), *mask);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  if (reason.size() > kMaxControl - 2) {
    std::size_t end = kMaxControl - 2;
    while (end > 0 && (to_byte(reason[end]) & 0xc0) == 0x80) --end;
    reason = reason.substr(0, end);
  }
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return payload.append(reason);
}

}  // namespace hearth::net
