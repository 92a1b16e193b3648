// Address: where a device is, host and port, read from what a person wrote.
#ifndef HEARTH_DRIVERS_TPLINK_ADDRESS_HPP
#define HEARTH_DRIVERS_TPLINK_ADDRESS_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace tplink {

inline constexpr std::uint16_t kDefaultPort = 9999;

struct Address {
  std::string host;  // without brackets, in lower case
  std::uint16_t port = kDefaultPort;

  // "192.0.2.7:9999", "[2001:db8::7]:9999": one spelling for each address.
  std::string text() const;
  auto operator<=>(const Address&) const = default;
};

// "192.0.2.7", "192.0.2.7:9999", "plug.lan", "[2001:db8::7]:9999", "2001:db8::7". kInvalid with words for
// anything else.
hearth::Result<Address> parse_address(std::string_view text);

}  // namespace tplink

#endif
