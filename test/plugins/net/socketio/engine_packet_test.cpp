// Engine.IO packets: one, and many in a polling body.
#include "hearth/socketio/engine_packet.hpp"

#include <catch2/catch.hpp>

using namespace hearth::socketio;

TEST_CASE("a packet is a digit and what follows it") {
  EngineReader reader;
  EnginePacket packet;
  REQUIRE(reader.read("4hello", packet));
  CHECK(packet.type == EngineType::kMessage);
  CHECK(packet.data == "hello");
  CHECK_FALSE(packet.binary);
  REQUIRE(reader.read("6", packet));
  CHECK(packet.type == EngineType::kNoop);
  CHECK(packet.data.empty());
  for (const auto* bad : {"", "7", "hello", "\x1e", "-1", " 4"}) CHECK_FALSE(reader.read(bad, packet));
}

TEST_CASE("a message of bytes comes as b and Base64") {
  EngineReader reader;
  EnginePacket packet;
  REQUIRE(reader.read("bAQIDBA==", packet));
  CHECK(packet.type == EngineType::kMessage);
  CHECK(packet.binary);
  CHECK(packet.data == "\x01\x02\x03\x04");
  REQUIRE(reader.read("b", packet));
  CHECK(packet.data.empty());
  for (const auto* bad : {"bAQIDBA", "b*", "bAQ ID", "b4AQIDBA=="}) CHECK_FALSE(reader.read(bad, packet));
}

TEST_CASE("a polling body is cut at its separators, empty packets included") {
  const auto cut = [](std::string_view body) {
    std::vector<std::string> all;
    EnginePayload payload(body);
    for (std::string_view packet; payload.next(packet);) all.emplace_back(packet);
    return all;
  };
  CHECK(cut("4a\x1e"
            "2\x1e"
            "bAQ==") == std::vector<std::string>{"4a", "2", "bAQ=="});
  CHECK(cut("4a\x1e") == std::vector<std::string>{"4a", ""});
  CHECK(cut("") == std::vector<std::string>{""});
}

TEST_CASE("what is appended to a body is what its reader finds") {
  std::string body;
  append_to_payload(body, "4text", false);
  append_to_payload(body, std::string_view("\0\x1e\xff", 3), true);
  append_to_payload(body, "1", false);
  CHECK(body ==
        "4text\x1e"
        "bAB7/\x1e"
        "1");
}
