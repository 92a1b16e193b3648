// Socket.IO packets: what is understood, what is refused, and what is written.
#include "hearth/socketio/packet.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"

using namespace hearth::socketio;
using Event = PacketDecoder::Event;
namespace json = hearth::net::json;

namespace {

// As a server reads it; the words of a refusal.
std::string refusal(const std::string& text) {
  PacketDecoder decoder(PacketDecoder::From::kClient);
  return decoder.text(text) == Event::kRefused ? std::string(decoder.fault()) : "";
}

Packet read(const std::string& text, PacketDecoder::From from = PacketDecoder::From::kClient) {
  PacketDecoder decoder(from);
  INFO(text);
  REQUIRE(decoder.text(text) == Event::kPacket);
  return std::move(decoder.packet());
}

}  // namespace

TEST_CASE("a packet has a type, a namespace, an id and data, each but the first may be missing") {
  auto packet = read("0");
  CHECK(packet.type == PacketType::kConnect);
  CHECK(packet.nsp == "/");
  CHECK_FALSE(packet.id);
  CHECK(packet.data.is_null());
  packet = read(R"(0/admin,{"token":"t"})");
  CHECK(packet.nsp == "/admin");
  CHECK(packet.data.at("token") == "t");
  CHECK(read("0/admin").nsp == "/admin");
  CHECK(read("0/admin,").nsp == "/admin");
  packet = read(R"(2/admin,12["hi",1])");
  CHECK(packet.id == 12u);
  CHECK(json::to_text(packet.data) == R"(["hi",1])");
  CHECK(read(R"(2[7,"a number may name an event"])").data.as_array().size() == 2);
  CHECK(read("37[]").id == 7u);
  CHECK(read("3[]").id == std::nullopt);
  CHECK(read("1/admin,").type == PacketType::kDisconnect);
  CHECK(read(R"(29007199254740991["x"])").id == PacketLimits::kMaxId);
}

TEST_CASE("what the protocol doesn't allow is refused in words") {
  for (const auto* text : {"",
                           "7",
                           "x",
                           " 2[\"a\"]",
                           "2",
                           "2{}",
                           "2\"a\"",
                           "2[]",
                           "2[null]",
                           "2[{}]",
                           R"(2[{"toString":"x"}])",
                           "2[true]",
                           R"(2["connect"])",
                           R"(2["connect_error"])",
                           R"(2["disconnect"])",
                           R"(2["disconnecting"])",
                           R"(2["newListener"])",
                           R"(2["removeListener"])",
                           "2[\"a\"",
                           "2[\"a\"]x",
                           "2[\"a\"] []",
                           "2[\"\xff\"]",
                           "2null",
                           "0[]",
                           "0\"a\"",
                           "0null",

                           "1{}",
                           "1[]",
                           "3{}",
                           "3",
                           "3\"a\"",
                           R"(4{"message":"m"})",
                           R"(29007199254740992["x"])",
                           R"(299999999999999999999999["x"])",
                           "5[\"a\"]",
                           "5-[\"a\"]",
                           "50-[\"a\"]",
                           "51[\"a\"]",
                           "511-[\"a\"]",
                           "5-1-[\"a\"]",
                           "51-[]",
                           "61-{}",
                           "51-2"}) {
    INFO(text);
    CHECK_FALSE(refusal(text).empty());
  }
  CHECK_FALSE(refusal("0/" + std::string(PacketLimits::kMaxNamespace, 'n')).empty());
  CHECK_FALSE(refusal("2[\"a\"," + std::string(100, '[') + std::string(100, ']') + "]").empty());
}

TEST_CASE("attachments follow their packet, and nothing else does") {
  PacketDecoder decoder(PacketDecoder::From::kClient);
  REQUIRE(decoder.text(R"(52-/n,5["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])") ==
          Event::kNeedMore);
  CHECK(decoder.unfinished());
  const auto parsed = decoder.held();
  CHECK(parsed > 70);  // its text counts too
  REQUIRE(decoder.binary("first") == Event::kNeedMore);
  CHECK(decoder.held() == parsed + 5);
  REQUIRE(decoder.binary("") == Event::kPacket);
  CHECK_FALSE(decoder.unfinished());
  CHECK(decoder.held() == 0);
  CHECK(decoder.packet().type == PacketType::kBinaryEvent);
  CHECK(decoder.packet().id == 5u);
  CHECK(decoder.packet().attachments == std::vector<std::string>{"first", ""});

  CHECK(decoder.binary("of nothing") == Event::kRefused);
  REQUIRE(decoder.text(R"(51-["a",{"_placeholder":true,"num":0}])") == Event::kNeedMore);
  CHECK(decoder.text(R"(2["a"])") == Event::kRefused);
}

TEST_CASE("a placeholder without its attachment is refused, however deep it hides") {
  for (const auto* data :
       {R"(["a",{"_placeholder":true,"num":1}])", R"(["a",{"_placeholder":true,"num":-1}])",
        R"(["a",{"_placeholder":true,"num":0.5}])", R"(["a",{"_placeholder":true,"num":"0"}])",
        R"(["a",{"_placeholder":true}])", R"(["a",{"x":[{"y":{"_placeholder":true,"num":9}}]}])",
        R"(["a",{"_placeholder":true,"num":18446744073709551615}])"}) {
    INFO(data);
    CHECK_FALSE(refusal(std::string("51-") + data).empty());
  }
  CHECK(refusal(R"(51-["a",{"_placeholder":false,"num":"no placeholder"}])").empty());
  CHECK(refusal(R"(61-["a",{"_placeholder":true,"num":0}])").empty());
}

TEST_CASE("a server may send what a client may not") {
  using From = PacketDecoder::From;
  CHECK(read(R"(4{"message":"no"})", From::kServer).type == PacketType::kConnectError);
  CHECK(read(R"(4/n,"no")", From::kServer).nsp == "/n");
}

TEST_CASE("what is written is what is read") {
  const auto written = [](PacketType type, std::string_view nsp, std::optional<std::uint64_t> id,
                          std::string_view data, std::size_t attachments = 0) {
    std::string out;
    append_packet(out, type, nsp, id, data, attachments);
    return out;
  };
  CHECK(written(PacketType::kEvent, "/", {}, R"(["a"])") == R"(2["a"])");
  CHECK(written(PacketType::kEvent, "/n", 3, R"(["a"])") == R"(2/n,3["a"])");
  CHECK(written(PacketType::kDisconnect, "/", {}, {}) == "1");
  CHECK(written(PacketType::kBinaryAck, "/n", 0, "[]", 2) == "62-/n,0[]");
  CHECK(event_json("it's \"quoted\"", {1, "two", nullptr}) == R"(["it's \"quoted\"",1,"two",null])");
}
