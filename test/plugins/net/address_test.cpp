// Endpoints and networks as people write them.
#include "hearth/net/address.hpp"

#include <arpa/inet.h>

#include <catch2/catch.hpp>
#include <cstring>

using hearth::net::AllowList;
using hearth::net::Ip;
using hearth::net::parse_endpoint;

namespace {

Ip ip(const std::string& text) {
  const Poco::Net::SocketAddress address(Poco::Net::IPAddress(text), 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, address.addr(), address.length());
  return Ip::of(storage);
}

}  // namespace

TEST_CASE("an endpoint is an IPv4 address, an IPv6 address in brackets or localhost, and a port") {
  CHECK(parse_endpoint("127.0.0.1:9999")->toString() == "127.0.0.1:9999");
  CHECK(parse_endpoint("[::1]:0")->toString() == "[::1]:0");
  CHECK(parse_endpoint("localhost:80")->toString() == "127.0.0.1:80");
}

TEST_CASE("what is no endpoint is refused in words that show one") {
  for (const auto* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[127.0.0.1]:80",
        "example.org:80", "127.0.0.1:80x", "[]:1", "[::1:80", "256.0.0.1:1"}) {
    INFO(text);
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint.ok());
    CHECK(endpoint.error().words.find("127.0.0.1:9999") != std::string::npos);
  }
}

TEST_CASE("an empty allow list allows everyone") { CHECK(AllowList::parse({})->allows(ip("192.0.2.1"))); }

TEST_CASE("networks cover whole bytes, parts of bytes and single addresses") {
  const auto list = AllowList::parse({"192.168.0.0/16", "10.1.2.128/25", "192.0.2.7", "fe80::/10"});
  REQUIRE(list.ok());
  for (const auto* inside : {"192.168.255.1", "10.1.2.129", "192.0.2.7", "fe80::1", "febf::1"}) {
    INFO(inside);
    CHECK(list->allows(ip(inside)));
  }
  for (const auto* outside : {"192.169.0.1", "10.1.2.127", "192.0.2.8", "fec0::1", "::1"}) {
    INFO(outside);
    CHECK_FALSE(list->allows(ip(outside)));
  }
}

TEST_CASE("an IPv4 network covers mapped IPv6 addresses") {
  CHECK(AllowList::parse({"127.0.0.0/8"})->allows(ip("::ffff:127.0.0.1")));
}

TEST_CASE("what is no network is refused") {
  for (const auto* text :
       {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "house", "10.0.0.0/8/8"}) {
    INFO(text);
    CHECK_FALSE(AllowList::parse({text}).ok());
  }
}

TEST_CASE("an address is written plainly even when it is mapped") {
  CHECK(ip("::ffff:192.0.2.1").text() == "192.0.2.1");
  CHECK(ip("::1").text() == "::1");
}
