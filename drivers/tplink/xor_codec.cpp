// XOR with the byte before, and the length in front.
#include "xor_codec.hpp"

namespace tplink {
namespace {

constexpr unsigned char kFirstKey = 171;

}  // namespace

std::string encipher(std::string_view plain) {
  std::string cipher(plain);
  unsigned char key = kFirstKey;
  for (char& c : cipher) {
    key = static_cast<unsigned char>(static_cast<unsigned char>(c) ^ key);
    c = static_cast<char>(key);
  }
  return cipher;
}

std::string decipher(std::string_view cipher) {
  std::string plain(cipher);
  unsigned char key = kFirstKey;
  for (char& c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(byte ^ key);
    key = byte;
  }
  return plain;
}

std::string frame(std::string_view plain) {
  const auto size = static_cast<std::uint32_t>(plain.size());
  std::string bytes;
  bytes.reserve(4 + plain.size());
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((size >> shift) & 0xff);
  return bytes += encipher(plain);
}

hearth::Result<bool> FrameReader::feed(std::string_view bytes) {
  while (header_bytes_ < header_.size()) {
    if (bytes.empty()) return false;
    header_[header_bytes_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (header_bytes_ < header_.size()) continue;
    length_ = (std::uint32_t{header_[0]} << 24) | (std::uint32_t{header_[1]} << 16) |
              (std::uint32_t{header_[2]} << 8) | header_[3];
    if (length_ == 0 || length_ > kLongestReply)
      return hearth::Error{hearth::ErrorCode::kInvalid,
                           "it announced a reply of " + std::to_string(length_) + " bytes"};
  }
  body_.append(bytes.substr(0, length_ - body_.size()));
  return body_.size() == length_;
}

}  // namespace tplink
