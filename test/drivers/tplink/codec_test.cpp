// The XOR codec against vectors that were computed elsewhere, and its reader against whatever a network does.
#include <catch2/catch.hpp>

#include "drivers/tplink/xor_codec.hpp"

using tplink::FrameReader;

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char c : bytes) {
    text += "0123456789abcdef"[c >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

const std::string kInfo = R"({"system":{"get_sysinfo":{}}})";

}  // namespace

TEST_CASE("frames are those of the protocol") {
  CHECK(hex(tplink::frame(kInfo)) == "0000001dd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08bf68bf6");
  CHECK(hex(tplink::frame(R"({"system":{"set_relay_state":{"state":1}}})")) ==
        "0000002ad0f281f88bff9af7d5ef94b6c5a0d48bf99cf091e8b7c4b0d1a5c0e2d8a381f286e793f6d4eedfa2dfa2");
  CHECK(hex(tplink::frame("{}")) == "00000002d0ad");
  CHECK(hex(tplink::frame("")) == "00000000");
}

TEST_CASE("deciphering undoes enciphering, for every byte") {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(tplink::decipher(tplink::encipher(all)) == all);
  CHECK(tplink::decipher("").empty());
}

TEST_CASE("a reply in one piece is whole at once") {
  FrameReader reader;
  CHECK(reader.feed(tplink::frame(kInfo)).value());
  CHECK(reader.text() == kInfo);
}

TEST_CASE("a reply that comes byte by byte is whole with its last byte") {
  FrameReader reader;
  const auto bytes = tplink::frame(kInfo);
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) REQUIRE_FALSE(reader.feed(bytes.substr(i, 1)).value());
  CHECK(reader.feed(bytes.substr(bytes.size() - 1)).value());
  CHECK(reader.text() == kInfo);
}

TEST_CASE("what follows a reply is ignored") {
  FrameReader reader;
  CHECK(reader.feed(tplink::frame("{}") + tplink::frame(kInfo)).value());
  CHECK(reader.text() == "{}");
}

TEST_CASE("lengths of 0 and above the limit are refused with the header alone") {
  for (const auto& header :
       {std::string("\0\0\0\0", 4), std::string("\0\1\0\1", 4), std::string("\xff\xff\xff\xff", 4)}) {
    FrameReader reader;
    REQUIRE(reader.feed(header.substr(0, 3)).ok());
    const auto whole = reader.feed(header.substr(3));
    REQUIRE_FALSE(whole.ok());
    CHECK(whole.error().code == hearth::ErrorCode::kInvalid);
  }
}

TEST_CASE("the longest reply that is allowed is taken") {
  FrameReader reader;
  const std::string longest(tplink::kLongestReply, 'x');
  CHECK(reader.feed(tplink::frame(longest)).value());
  CHECK(reader.text() == longest);
}

TEST_CASE("a reader without bytes waits") {
  FrameReader reader;
  CHECK_FALSE(reader.feed("").value());
  CHECK_FALSE(reader.started());
  CHECK_FALSE(reader.feed(std::string_view("\0", 1)).value());
  CHECK(reader.started());
}
