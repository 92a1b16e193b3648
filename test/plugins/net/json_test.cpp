// Strict reading and exact writing of JSON.
#include "hearth/net/json.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace json = hearth::net::json;

namespace {

std::string round(std::string_view text, const json::Style& style = {}) {
  const auto value = json::parse(text);
  return value.ok() ? json::to_text(*value, style) : value.error().words;
}

constexpr json::Style kPython{.ascii = true, .spaced = true, .escape_braces = true};

}  // namespace

TEST_CASE("values of every kind survive reading and writing") {
  for (const auto* text : {"null", "true", "false", "0", "-5", "9223372036854775807", "-9223372036854775808",
                           "18446744073709551615", "21.05", "\"\"", "\"a\\\"\\\\b\\n\"", "[]", "{}",
                           "[1,[2,{\"a\":[]}],\"x\"]", "{\"b\":1,\"a\":{\"c\":null}}"}) {
    INFO(text);
    CHECK(round(text) == text);
  }
}

TEST_CASE("doubles are written with the fewest digits that read back equal") {
  CHECK(round("21.05") == "21.05");
  CHECK(round("0.1") == "0.1");
  CHECK(round("1e22") == "1e+22");
  CHECK(round("1E-7") == "1e-07");
  CHECK(round("5.0") == "5");
  std::string out;
  json::append_number(out, std::numeric_limits<double>::infinity());
  CHECK(out == "null");
}

TEST_CASE("an integer too large for 64 bits becomes a double, not zero") {
  const auto value = json::parse("18446744073709551616");
  REQUIRE(value.ok());
  REQUIRE(value->is_double());
  CHECK(value->get_double() == 18446744073709551616.0);
}

TEST_CASE("the same key twice in one object is refused, at any depth and however it is written") {
  for (const auto* text : {R"({"a":1,"a":2})", R"({"x":{"b":1,"c":2,"b":3}})", R"([{"a":1,"\u0061":2}])"}) {
    INFO(text);
    const auto value = json::parse(text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().words.find("the same key twice") != std::string::npos);
  }
  CHECK(json::parse(R"({"a":{"a":1},"b":{"a":1}})").ok());
}

TEST_CASE("what is not JSON is refused with the place") {
  for (const auto* text : {"",
                           " ",
                           "{",
                           "{\"a\"}",
                           "{\"a\":1,}",
                           "[1,]",
                           "{a:1}",
                           "'a'",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "1e400",
                           "-1e999",
                           "01",
                           "1.",
                           "\"\x01\"",
                           "\"\n\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\xff\"",
                           "\"\xc3\"",
                           "\"\xed\xa0\x80\"",
                           "{} {}",
                           "1 2",
                           "/* */1",
                           "tru",
                           "\"open"}) {
    INFO(text);
    const auto value = json::parse(text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().words.find("not valid JSON") == 0);
  }
}

TEST_CASE("space after the value is fine, and anything where that is wanted") {
  CHECK(json::parse("{} \r\n").ok());
  CHECK(json::parse("{}}", {.trailing = true}).ok());
}

TEST_CASE("depth is limited") {
  CHECK(json::parse(std::string(32, '[') + std::string(32, ']')).ok());
  CHECK_FALSE(json::parse(std::string(33, '[') + std::string(33, ']')).ok());
}

TEST_CASE("the number of keys in one object is limited") {
  std::string text = "{";
  for (int i = 0; i < 20; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
  text += "}";
  CHECK(json::parse(text, {.max_keys = 20}).ok());
  CHECK_FALSE(json::parse(text, {.max_keys = 19}).ok());
}

TEST_CASE("a long string with escapes is read whole") {
  std::string text = "\"";
  for (int i = 0; i < 5000; ++i) text += "ab\\u00e9\\n";
  const auto value = json::parse(text + "\"");
  REQUIRE(value.ok());
  CHECK(value->get_string().size() == 5000 * 5);
}

TEST_CASE("the ASCII style escapes everything else, beyond the BMP as a surrogate pair") {
  CHECK(round("\"\u00e9 \u20ac \U0001F4A1\"", kPython) == R"("\u00e9 \u20ac \ud83d\udca1")");
}

TEST_CASE("braces inside strings are escaped where peers count them") {
  CHECK(round(R"({"a{":"}"})", kPython) == R"({"a\u007b": "\u007d"})");
}

TEST_CASE("the spaced style separates as Python does") {
  CHECK(round(R"({"a":[1,2],"b":{}})", kPython) == R"({"a": [1, 2], "b": {}})");
}

TEST_CASE("bytes that are not UTF-8 are written as the replacement character") {
  std::string out;
  json::append_text(out, "a\xff\xc3(\xed\xa0\x80\xf4\x90\x80\x80", {.ascii = true});
  CHECK(out == R"("a\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd")");
  out.clear();
  json::append_text(out, "\xe2\x82", {});
  CHECK(out == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}
