// Addresses: what `listen` and `allow` mean, and a peer's address in a form that is cheap to compare.
#ifndef HEARTH_NET_ADDRESS_HPP
#define HEARTH_NET_ADDRESS_HPP

#include <Poco/Net/SocketAddress.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::net {

// An IP address in network order. IPv4 is mapped (::ffff:a.b.c.d, RFC 4291, 2.5.5.2), so that one rule covers
// both forms.
struct Ip {
  std::array<std::uint8_t, 16> bytes{};

  // All zero for another family.
  static Ip of(const sockaddr_storage& address);
  // Mapped ones as plain IPv4.
  std::string text() const;
  bool operator==(const Ip&) const = default;
};

// "127.0.0.1:9999", "[::1]:0", "localhost:80". Other names are refused: resolving them could block. Port 0:
// any free one.
Result<Poco::Net::SocketAddress> parse_endpoint(std::string_view text);

// Networks that may connect, written "192.168.0.0/16", "fe80::/10" or as one address.
class AllowList {
 public:
  // No networks: everyone is allowed.
  static Result<AllowList> parse(const std::vector<std::string>& networks);

  bool allows(const Ip& peer) const;

 private:
  struct Network {
    Ip ip;
    unsigned bits;  // of the 128
  };
  std::vector<Network> networks_;
};

}  // namespace hearth::net

#endif
