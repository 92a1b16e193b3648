// Addresses as people write them, and how long a silent device is left alone.
#include "drivers/tplink/address.hpp"

#include <catch2/catch.hpp>

#include "drivers/tplink/backoff.hpp"

using tplink::parse_address;

TEST_CASE("each way to write an address has one spelling") {
  CHECK(parse_address("192.0.2.7").value().text() == "192.0.2.7:9999");
  CHECK(parse_address("192.0.2.7:10").value().text() == "192.0.2.7:10");
  CHECK(parse_address("Plug.LAN").value().text() == "plug.lan:9999");
  CHECK(parse_address("[2001:DB8::7]:99").value().text() == "[2001:db8::7]:99");
  CHECK(parse_address("[2001:db8::7]").value().text() == "[2001:db8::7]:9999");
  CHECK(parse_address("2001:db8::7").value().text() == "[2001:db8::7]:9999");
}

TEST_CASE("what is no address is refused with words") {
  for (const auto* text :
       {"", ":", ":80", "host:", "host:0", "host:65536", "host:9999x", "host:-1", "two words", "[::1",
        "[::1]x", "[]:80", "http://192.0.2.7/", "h\xc3\xb6st", "a\nb"}) {
    INFO(text);
    const auto address = parse_address(text);
    REQUIRE_FALSE(address.ok());
    CHECK(address.error().code == hearth::ErrorCode::kInvalid);
    CHECK(address.error().words.find("not an address") != std::string::npos);
  }
  CHECK_FALSE(parse_address(std::string(254, 'a')).ok());
}

TEST_CASE("a silent device is left alone for 5, 10, 20 and at last 300 seconds, give or take a tenth") {
  tplink::Backoff backoff("192.0.2.7:9999");
  for (const double seconds : {5, 10, 20, 40, 80, 160, 300, 300, 300}) {
    const double wait = std::chrono::duration<double>(backoff.next()).count();
    CHECK(wait >= seconds * 0.9);
    CHECK(wait <= seconds * 1.1);
    CHECK(std::chrono::duration<double>(backoff.current()).count() == wait);
  }
  backoff.reset();
  CHECK(backoff.next() <= std::chrono::milliseconds(5500));
}

TEST_CASE("two devices don't knock in step, one device always does so alike") {
  tplink::Backoff one("192.0.2.7:9999"), same("192.0.2.7:9999"), other("192.0.2.8:9999");
  int different = 0;
  for (int i = 0; i < 8; ++i) {
    const auto wait = one.next();
    CHECK(wait == same.next());
    different += wait != other.next();
  }
  CHECK(different >= 6);
}
