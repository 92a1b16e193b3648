// What a packet is, and how its payload travels on.
#include "protocols/relay/packet_reader.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using relay::PacketReader;

namespace {

std::string packet(std::string_view payload) {
  return R"({"target":"a","payload":)" + std::string(payload) + "}";
}

// As it travels on, or the words of the refusal.
std::string payload_of(std::string_view text) {
  PacketReader reader;
  const auto status = reader.read(text);
  return status.ok() ? reader.payload() : status.error().words;
}
std::string forwarded(std::string_view payload) { return payload_of(packet(payload)); }

bool is_refused(std::string_view text) {
  PacketReader reader;
  const auto status = reader.read(text);
  return !status.ok() && status.error().code == ErrorCode::kInvalid && !status.error().words.empty();
}

std::string nested(int depth) {
  const auto many = static_cast<std::size_t>(depth);
  return std::string(many, '[') + std::string(many, ']');
}

}  // namespace

TEST_CASE("a packet has a target and a payload, in any order") {
  PacketReader reader;
  REQUIRE(reader.read(R"({"target":"lamp","payload":{"command":"on"}})").ok());
  CHECK(reader.target() == "lamp");
  CHECK(reader.payload() == R"({"command":"on"})");
  REQUIRE(reader.read(R"({"payload":1,"target":""})").ok());
  CHECK(reader.target().empty());
  CHECK(reader.payload() == "1");
}

TEST_CASE("other keys don't matter, whatever is in them") {
  PacketReader reader;
  REQUIRE(
      reader
          .read(
              R"({"x":{"target":[1],"payload":0},"target":"a","y":[{}],"payload":{"target":2,"payload":[3]},"z":"w"})")
          .ok());
  CHECK(reader.target() == "a");
  CHECK(reader.payload() == R"({"target":2,"payload":[3]})");
}

TEST_CASE("every kind of payload goes on") {
  for (const auto* payload : {"null", "true", "false", "0", "\"\"", "\"text\"", "{}", "[]", "[[],{}]",
                              R"({"a":[1,"b",{"c":null}],"d":{}})", "[1,[2,[3]],4]", R"({"":{"":""}})"})
    CHECK(forwarded(payload) == payload);
}

TEST_CASE("white space is dropped, but not from texts") {
  CHECK(forwarded("\n { \"a b\" : [ 1 ,\t2 , { } , [ ] ] , \"c\" : \" d \" }\r\n") ==
        R"({"a b":[1,2,{},[]],"c":" d "})");
}

TEST_CASE("numbers stay as they are written") {
  for (const auto* number : {"12345678901234567890123", "1.10", "1e3", "1E+3", "-0", "-0.0", "0.10e-05",
                             "1e999", "18446744073709551615", "-9223372036854775809",
                             "0.1000000000000000055511151231257827", "9007199254740993"}) {
    CHECK(forwarded(number) == number);
    CHECK(forwarded("[" + std::string(number) + " ]") == "[" + std::string(number) + "]");
  }
  const auto digits = std::string(900, '7');
  CHECK(forwarded(digits) == digits);
  CHECK(forwarded("0." + digits) == "0." + digits);
}

TEST_CASE("keys keep their order, and may come twice within a payload") {
  CHECK(forwarded(R"({"z":1,"a":2,"z":3})") == R"({"z":1,"a":2,"z":3})");
}

TEST_CASE("escapes become UTF-8, but for what JSON has to escape") {
  CHECK(forwarded(R"("\u00e4\u20ac\ud83d\ude00")") == "\"ä€😀\"");
  CHECK(forwarded(R"("\/\"\\")") == R"("/\"\\")");
  CHECK(forwarded(R"("\n\r\t\b\f\u0000")") == R"("\n\r\t\u0008\u000c\u0000")");
  CHECK(forwarded(R"({"\u00e4\"":"\u007b\u007D"})") == R"({"ä\"":"{}"})");
  CHECK(forwarded("\"ä\u2028\"") == "\"ä\u2028\"");
  PacketReader reader;
  REQUIRE(reader.read(R"({"t\u0061rget":"K\u00fcche \ud83d\ude00\u0000","payl\u006fad":1})").ok());
  CHECK(reader.target() == std::string("Küche 😀\0", 12));
}

TEST_CASE("what isn't JSON is refused") {
  for (const auto* text :
       {"", " ", "{", "}", R"({"target":"a","payload":})", R"({"target":"a","payload":1)",
        R"({"target":"a","payload":"1})", R"({"target":"a" "payload":1})", R"({"target":"a","payload":1,})",
        R"({target:"a","payload":1})", R"({'target':'a','payload':1})", "{]", "{nonsense}",
        R"({"target":"a","payload":[}]})"})
    CHECK(is_refused(text));
  for (const auto* payload :
       {"01",       "1.",        ".5",        "+1",     "1e",       "-",        "NaN",
        "Infinity", "True",      "nul",       "0x10",   "[1,]",     "[,1]",     "{1:2}",
        "{\"a\"}",  "\"\\x41\"", "\"\\u12\"", "/* */1", "1 // one", "\"a\nb\"", "\"\t\""})
    CHECK(is_refused(packet(payload)));
  CHECK(is_refused(packet(std::string("\"\0\"", 3))));
}

TEST_CASE("bytes that are no UTF-8 are refused, and lone surrogates") {
  for (const auto* text : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf0\x9f\x98"}) {
    CHECK(is_refused(packet("\"" + std::string(text) + "\"")));
    CHECK(is_refused(packet("{\"" + std::string(text) + "\":1}")));
    CHECK(is_refused("{\"target\":\"" + std::string(text) + "\",\"payload\":1}"));
    CHECK(is_refused("{\"x\":\"" + std::string(text) + "\",\"target\":\"a\",\"payload\":1}"));
  }
  for (const auto* text : {R"(\ud800)", R"(\udc00)", R"(\ud83dx)", R"(\ud83d\ud83d)", R"(\ud83d\n)"}) {
    CHECK(is_refused(packet("\"" + std::string(text) + "\"")));
    CHECK(is_refused("{\"target\":\"" + std::string(text) + "\",\"payload\":1}"));
  }
}

TEST_CASE("what is missing or no text is named") {
  CHECK(payload_of("{}") == "'target' is missing");
  CHECK(payload_of(R"({"payload":1})") == "'target' is missing");
  CHECK(payload_of(R"({"target":"a"})") == "'payload' is missing");
  for (const auto* target : {"1", "1.5", "null", "true", "[]", "[\"a\"]", "{}", R"({"target":"a"})"})
    CHECK(payload_of(R"({"payload":1,"target":)" + std::string(target) + "}") == "'target' is not a string");
}

TEST_CASE("what is no object is refused") {
  for (const auto* text : {"42", "-1.5", "\"text\"", "null", "true", "[]", R"([{"target":"a","payload":1}])"})
    CHECK(is_refused(text));
}

TEST_CASE("a key twice at the top level is refused, however it is written") {
  CHECK(payload_of(R"({"target":"a","payload":1,"target":"a"})") == "the same key twice");
  CHECK(payload_of(R"({"payload":1,"target":"a","payload":1})") == "the same key twice");
  CHECK(payload_of(R"({"target":"a","payload":1,"t\u0061rget":"b"})") == "the same key twice");
}

TEST_CASE("any other key twice at the top level is refused too") {
  CHECK(is_refused(R"({"x":1,"target":"a","payload":1,"x":2})"));
}

TEST_CASE("what follows the object is refused") {
  CHECK(is_refused(packet("1") + "x"));
  CHECK(is_refused(packet("1") + packet("1")));
}

TEST_CASE("32 are deep enough, 33 are too deep, of whichever kind") {
  CHECK(forwarded(nested(31)) == nested(31));
  CHECK(is_refused(packet(nested(32))));
  std::string objects = "1";
  for (int depth = 0; depth < 31; ++depth) objects.insert(0, R"({"a":)").append("}");
  CHECK(forwarded(objects) == objects);
  CHECK(is_refused(packet("[" + objects + "]")));
  CHECK(is_refused(R"({"target":"a","payload":1,"x":)" + nested(32) + "}"));
}

TEST_CASE("a refusal leaves nothing behind") {
  PacketReader reader;
  for (const auto* text : {R"({"target":"b","payload":[1,{"x":"y)", R"({"target":"b","target":)",
                           "{\"target\":\"\xff", R"({"payload":[[[12)", "7", ""}) {
    CHECK_FALSE(reader.read(text).ok());
    CHECK(reader.read("{}").error().words == "'target' is missing");
    REQUIRE(reader.read(packet("[2,{}]")).ok());
    CHECK(reader.target() == "a");
    CHECK(reader.payload() == "[2,{}]");
  }
}

TEST_CASE("long texts with escapes stay whole") {
  std::string escaped, plain;
  for (int i = 0; i < 3000; ++i) {
    escaped += "x\\u00e4";
    plain += "xä";
  }
  CHECK(forwarded("\"" + escaped + "\"") == "\"" + plain + "\"");
  CHECK(forwarded("{\"" + escaped + "\":1}") == "{\"" + plain + "\":1}");
}

TEST_CASE("a payload alone is any JSON value, as it travels on") {
  PacketReader reader;
  for (const auto* text :
       {"1.10", "12345678901234567890123", "null", "\"text\"", "[]", "{}",
        R"({"target":1,"payload":[2],"x":{}})", R"({"a":1,"a":2})", R"([{"target":1,"target":2}])"}) {
    REQUIRE(reader.read_payload(text).ok());
    CHECK(reader.payload() == text);
  }
  REQUIRE(reader.read_payload(" { \"a\" : [ 1 , \"\\u00e4\" ] } ").ok());
  CHECK(reader.payload() == R"({"a":[1,"ä"]})");
  REQUIRE(reader.read_payload(nested(32)).ok());
  CHECK(reader.payload() == nested(32));
  for (const auto* text : {"", " ", "hello", "[1", "{\"a\"}", "\"\xff\"", "\"\\ud800\"", "01"})
    CHECK_FALSE(reader.read_payload(text).ok());
  CHECK_FALSE(reader.read_payload(nested(33)).ok());
  REQUIRE(reader.read(packet("1")).ok());
  CHECK(reader.payload() == "1");
  CHECK_FALSE(reader.read("1").ok());
}

TEST_CASE("words that begin like JSON are no payload alone") {
  PacketReader reader;
  for (const auto* text :
       {"42 is the answer", "true story", "\"a\" and \"b\"", "{} {}", "[1] 2", "null,", "1.2.3"})
    CHECK_FALSE(reader.read_payload(text).ok());
}
