// Arguments as liberal as Python's int(), and not more.
#include "protocols/athome/arguments.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"

using hearth::athome::Arguments;
using hearth::athome::to_integer;

namespace {

hearth::Result<std::int64_t> integer(std::string_view json) {
  return to_integer(*hearth::net::json::parse(json));
}

Arguments args(std::string_view json) { return Arguments(hearth::net::json::parse(json)->get_object()); }

}  // namespace

TEST_CASE("integers come as numbers, as text with space and sign, cut off, or as booleans") {
  CHECK(*integer("5") == 5);
  CHECK(*integer("\"5\"") == 5);
  CHECK(*integer("\" 5 \"") == 5);
  CHECK(*integer("\"\\t+5\\n\"") == 5);
  CHECK(*integer("\"-60\"") == -60);
  CHECK(*integer("1.9") == 1);
  CHECK(*integer("-1.9") == -1);
  CHECK(*integer("true") == 1);
  CHECK(*integer("false") == 0);
}

TEST_CASE("what Python's int() refuses is refused") {
  for (const auto* json : {"\"1.0\"", "\"true\"", "\"\"", "\" \"", "null", "[1]", "{}", "\"+-5\"", "\"0x5\"",
                           "\"5 5\"", "\"+\"", "1e300", "18446744073709551615", "\"99999999999999999999\""}) {
    INFO(json);
    CHECK_FALSE(integer(json).ok());
  }
}

TEST_CASE("failures name the argument") {
  const auto some = args(R"({"a": "x", "b": 500})");
  CHECK(some.integer("device-id").error().words == "device-id is required");
  CHECK(some.integer("a").error().words == "a is not an integer");
  CHECK(some.integer("b", 0, 100).error().words == "b must be from 0 to 100");
}

TEST_CASE("text may come as a number, but is limited and printable") {
  CHECK(*args(R"({"a": "x\u00e9"})").text("a") == "x\u00e9");
  CHECK(*args(R"({"a": 5})").text("a") == "5");
  CHECK_FALSE(args(R"({"a": null})").text("a").ok());
  CHECK_FALSE(args(R"({"a": "a\u0000b"})").text("a").ok());
  CHECK_FALSE(args("{\"a\": \"" + std::string(257, 'x') + "\"}").text("a").ok());
}
