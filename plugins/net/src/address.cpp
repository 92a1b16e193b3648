// Reading endpoints and networks; Poco knows the notations.
#include "hearth/net/address.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "hearth/log.hpp"

namespace hearth::net {

namespace {

constexpr std::size_t kV4At = 12;  // where an IPv4 address stands in a mapped one

Ip mapped(const void* v4) {
  Ip ip;
  ip.bytes[10] = ip.bytes[11] = 0xff;
  std::memcpy(ip.bytes.data() + kV4At, v4, 4);
  return ip;
}

bool is_mapped(const Ip& ip) {
  static constexpr std::array<std::uint8_t, kV4At> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kPrefix.begin(), kPrefix.end(), ip.bytes.begin());
}

std::optional<unsigned> to_number(std::string_view digits, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > most) return std::nullopt;
  return number;
}

}  // namespace

Ip Ip::of(const sockaddr_storage& address) {
  Ip ip;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return mapped(&v4.sin_addr);
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(ip.bytes.data(), &v6.sin6_addr, ip.bytes.size());
  }
  return ip;
}

std::string Ip::text() const {
  if (is_mapped(*this)) return Poco::Net::IPAddress(bytes.data() + kV4At, 4).toString();
  return Poco::Net::IPAddress(bytes.data(), bytes.size()).toString();
}

Result<Poco::Net::SocketAddress> parse_endpoint(std::string_view text) {
  const Error wrong{ErrorCode::kInvalid,
                    concat("'", text, "' is not an address and port, like 127.0.0.1:9999 or [::1]:9999")};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  const auto port = to_number(text.substr(colon + 1), 65535);
  std::string host(text.substr(0, colon));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  try {
    Poco::Net::IPAddress ip;
    const bool valid = Poco::Net::IPAddress::tryParse(host, ip);
    if (!port || !valid || (ip.family() == Poco::Net::IPAddress::IPv6) != bracketed) return wrong;
    return Poco::Net::SocketAddress(ip, static_cast<Poco::UInt16>(*port));
  } catch (const Poco::Exception&) {
    return wrong;
  }
}

Result<AllowList> AllowList::parse(const std::vector<std::string>& networks) {
  AllowList list;
  for (const auto& text : networks) {
    const Error wrong{ErrorCode::kInvalid,
                      concat("'", text, "' is not a network, like 192.168.0.0/16 or fe80::/10")};
    const auto slash = text.find('/');
    Poco::Net::IPAddress ip;
    try {
      if (!Poco::Net::IPAddress::tryParse(text.substr(0, slash), ip)) return wrong;
    } catch (const Poco::Exception&) {
      return wrong;
    }
    const bool v4 = ip.family() == Poco::Net::IPAddress::IPv4;
    const unsigned most = v4 ? 32 : 128;
    const auto bits =
        slash == std::string::npos ? most : to_number(std::string_view(text).substr(slash + 1), most);
    if (!bits) return wrong;
    Network network{{}, *bits + (v4 ? 96 : 0)};
    if (v4) {
      network.ip = mapped(ip.addr());
    } else {
      std::memcpy(network.ip.bytes.data(), ip.addr(), network.ip.bytes.size());
    }
    list.networks_.push_back(network);
  }
  return list;
}

bool AllowList::allows(const Ip& peer) const {
  return networks_.empty() || std::any_of(networks_.begin(), networks_.end(), [&](const Network& n) {
           const auto whole = n.bits / 8, rest = n.bits % 8;
           if (!std::equal(peer.bytes.begin(), peer.bytes.begin() + whole, n.ip.bytes.begin())) return false;
           return rest == 0 || ((peer.bytes[whole] ^ n.ip.bytes[whole]) >> (8 - rest)) == 0;
         });
}

}  // namespace hearth::net
