// Tests of core/control/rpc.hpp: what is a request, what isn't, and how answers look.
#include "core/control/rpc.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using namespace hearth::core;

namespace {

int code_of(std::string_view line) {
  const auto parsed = parse_request(line);
  return parsed.request ? 0 : parsed.error.code;
}

}  // namespace

TEST_CASE("a request is taken apart, and its id kept as it was written") {
  const auto parsed =
      parse_request(R"({"jsonrpc":"2.0","id":"a\"1","method":"device.set","params":{"device":3}})");
  REQUIRE(parsed.request);
  CHECK(parsed.request->id == R"("a\"1")");
  CHECK(parsed.request->method == "device.set");
  CHECK(parsed.request->params->getValue<int>("device") == 3);
}

TEST_CASE("a request without an id is a notification, one with null is not") {
  CHECK(parse_request(R"({"method":"status"})").request->id.empty());
  CHECK(parse_request(R"({"method":"status","id":null})").request->id == "null");
}

TEST_CASE("missing parameters are an empty object") {
  CHECK(parse_request(R"({"id":1,"method":"status"})").request->params->size() == 0);
  CHECK(parse_request(R"({"id":1,"method":"status","params":null})").request->params->size() == 0);
}

TEST_CASE("what is not one JSON text is a parse error") {
  const std::string cases[] = {"",
                               "x",
                               "{",
                               "{\"a\":1} {",
                               "{\"a\":1},{\"b\":2}",
                               "1],[2",
                               "{\"method\":\"a\"}]",
                               std::string("{\"a\":\"\xFF\"}"),
                               std::string("{\"a\":\"b\0\"}", 9),
                               std::string(33, '[') + std::string(33, ']')};
  for (const auto& text : cases) {
    CAPTURE(text);
    CHECK(code_of(text) == kParseError);
  }
}

TEST_CASE("JSON that is no request is refused with its id") {
  CHECK(code_of("[]") == kInvalidRequest);
  CHECK(code_of("7") == kInvalidRequest);
  CHECK(code_of(R"({"id":1})") == kInvalidRequest);
  CHECK(code_of(R"({"id":1,"method":7})") == kInvalidRequest);
  CHECK(code_of(R"({"id":{},"method":"a"})") == kInvalidRequest);
  CHECK(code_of(R"({"id":true,"method":"a"})") == kInvalidRequest);
  const auto list = parse_request(R"({"id":5,"method":"a","params":[1]})");
  CHECK(list.error.code == kInvalidParams);
  CHECK(list.id == "5");
}

TEST_CASE("brackets inside texts don't count as depth") {
  CHECK(parse_request(R"({"id":1,"method":"]]]}}}[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"["})").request);
}

TEST_CASE("numbers keep their size and texts their letters") {
  for (const std::string text :
       {"9223372036854775807", "-5", "21.05", "true", "null", "\"\xC3\xBC\\n\"", "{\"b\":1,\"a\":[]}"}) {
    const auto value = parse_json(text);
    REQUIRE(value.ok());
    CHECK(*json_text(*value) == text);
  }
}

TEST_CASE("an error carries a code for programs and words for people") {
  CHECK(error_line("3", to_rpc({ErrorCode::kBusy, "too \"much\""})) ==
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32003,\"message\":\"too "
        "\\\"much\\\"\",\"data\":{\"code\":\"busy\"}}}\n");
}

TEST_CASE("a wrong parameter and a missing method have the codes of JSON-RPC") {
  CHECK(to_rpc({ErrorCode::kInvalid, "no such method: x"}).code == kMethodNotFound);
  CHECK(to_rpc({ErrorCode::kInvalid, "no such device"}).code == kInvalidParams);
}

TEST_CASE("a parameter of another type is refused by name") {
  const auto params =
      parse_json(R"({"a":"x","b":-1,"c":1.5,"d":true,"e":7})")->extract<Poco::JSON::Object::Ptr>();
  CHECK(*text_param(*params, "a", "") == "x");
  CHECK(*text_param(*params, "z", "other") == "other");
  CHECK(text_param(*params, "e", "").error().words == "'e' is a text");
  CHECK(*count_param(*params, "e", 0) == 7);
  CHECK(*count_param(*params, "z", 9) == 9);
  for (const char* name : {"a", "b", "c", "d"}) CHECK_FALSE(count_param(*params, name, 0).ok());
}
