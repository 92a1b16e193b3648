// Address: splitting host and port.
#include "address.hpp"

#include <algorithm>
#include <charconv>

namespace tplink {
namespace {

constexpr std::size_t kLongestHost = 253;  // RFC 1035, section 2.3.4

bool host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_' || c == ':' ||
         c == '%';
}

hearth::Error wrong(std::string_view text, std::string_view why) {
  return {hearth::ErrorCode::kInvalid,
          "not an address: '" + std::string(text.substr(0, 80)) + "': " + std::string(why)};
}

}  // namespace

std::string Address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

hearth::Result<Address> parse_address(std::string_view text) {
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return wrong(text, "']' is missing");
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && port.front() != ':') return wrong(text, "only ':' and a port may follow ']'");
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  }
  Address address;
  if (!port.empty()) {
    const auto digits = port.substr(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc() || end != digits.data() + digits.size() || address.port == 0)
      return wrong(text, "a port is a number from 1 to 65535");
  }
  if (host.empty() || host.size() > kLongestHost) return wrong(text, "a host has 1 to 253 characters");
  for (const char c : host) address.host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!std::all_of(address.host.begin(), address.host.end(), host_character))
    return wrong(text, "a host consists of letters, digits, '.', '-' and ':'");
  return address;
}

}  // namespace tplink
