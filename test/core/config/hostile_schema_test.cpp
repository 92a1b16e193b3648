// Tests of schemas that come out of hostile plugin files.
#include <catch2/catch.hpp>
#include <chrono>

#include "core/config/json_tree.hpp"
#include "core/config/plugin_settings.hpp"
#include "core/config/schema.hpp"

using namespace hearth::config;

namespace {

std::string repeat(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

std::string said(std::string_view schema, const PluginSection& section) {
  const auto checked = validate_plugin(section, schema);
  return checked ? "ok" : to_string(checked.errors());
}

std::string said(std::string_view schema) {
  PluginSection section;
  section.id = "x";
  section.where = {"hearth.toml", 3, 0};
  return said(schema, section);
}

bool refused(std::string_view schema, std::string_view why) {
  const std::string words = said(schema);
  INFO(words.substr(0, 300));
  CHECK(words.starts_with("hearth.toml:3: plugin.x: the plugin's own schema is refused: "));
  CHECK(words.find(why) != std::string::npos);
  return words != "ok";
}

// A value for a schema of one property, "a".
std::string property(std::string_view schema) {
  return R"({"properties":{"a":)" + std::string(schema) + "}}";
}

}  // namespace

TEST_CASE("a schema that is no JSON, or no object, is refused") {
  for (const char* text : {"", " ", "nonsense", "{", "{\"type\":", "{\"a\":1}}", "[1,]"}) {
    CHECK(refused(text, ""));
  }
  for (const char* text : {"[]", "3", "\"text\"", "true", "null"}) CHECK(refused(text, ""));
}

TEST_CASE("a schema that is too large, too deep or no UTF-8 is refused") {
  CHECK(refused("{\"title\":\"" + std::string(300'000, 'x') + "\"}", "larger than 256 KiB"));
  CHECK(refused(repeat("{\"items\":", 10'000) + "{}" + repeat("}", 10'000), "nested deeper than 32 levels"));
  CHECK(refused(repeat("[", 200'000), "nested deeper than 32 levels"));
  CHECK(refused("{\"title\":\"\xFF\"}", "not UTF-8"));
}

TEST_CASE("references are refused, remote or not") {
  CHECK(refused(property(R"({"$ref":"http://127.0.0.1/x.json"})"), "$ref is not supported"));
  CHECK(refused(property(R"({"$ref":"file:///etc/passwd"})"), "$ref is not supported"));
  CHECK(refused(R"({"$ref":"#"})", "$ref is not supported"));
}

TEST_CASE("a mistyped or unsupported word is refused, so that it isn't silently without effect") {
  CHECK(refused(property(R"({"type":"integer","minimun":3})"),
                "unknown word 'minimun', did you mean 'minimum'?"));
  CHECK(refused(R"({"patternProperties":{"(a*)*b":{}}})", "unknown word 'patternProperties'"));
  CHECK(refused(R"({"uniqueItems":true})", "'uniqueItems' is not supported"));
}

TEST_CASE("words with values of the wrong kind are refused") {
  for (const char* schema : {R"({"type":"int"})",
                             R"({"type":3})",
                             R"({"type":[]})",
                             R"({"type":["string",1]})",
                             R"({"properties":[]})",
                             R"({"properties":{"a":3}})",
                             R"({"properties":{"a":true}})",
                             R"({"items":[{}]})",
                             R"({"anyOf":{}})",
                             R"({"anyOf":[]})",
                             R"({"anyOf":[1]})",
                             R"({"enum":"a"})",
                             R"({"required":"a"})",
                             R"({"required":[1]})",
                             R"({"minimum":"a"})",
                             R"({"maximum":{}})",
                             R"({"minLength":-1})",
                             R"({"minItems":"a"})",
                             R"({"pattern":3})",
                             R"({"multipleOf":0})",
                             R"({"additionalProperties":"no"})",
                             R"({"exclusiveMinimum":true})"}) {
    INFO(schema);
    CHECK(refused(property(schema), ""));
  }
}

TEST_CASE("a text or key with a zero byte in it is refused, an escaped escape is not") {
  CHECK(refused(property(R"({"default":"a\u0000"})"), "zero byte"));
  CHECK(said(property(R"({"pattern":"[^\\u0000-\\u001f]"})")) == "ok");
  CHECK(refused(R"({"properties":{"a\u0000b":{}}})", "zero byte"));
}

TEST_CASE("a default of the wrong type is the schema's fault") {
  CHECK(refused(property(R"({"type":"integer","default":"five"})"), "a default is not an integer"));
  CHECK(refused(property(R"({"type":"integer","maximum":4,"default":5})"),
                "a default is not an integer of at most 4"));
  CHECK(refused(property(R"({"type":"number","default":true})"), "a default is not a number"));
  CHECK(refused(property(R"({"type":"array","items":{"type":"string"},"default":[1]})"),
                "a default is not a list"));
  CHECK(refused(property(R"({"enum":["a"],"default":"b"})"), "a default is not 'a'"));
  CHECK(refused(property(R"({"type":"integer","default":18446744073709551615})"), "int64"));
  CHECK(refused(property(R"({"type":"number","default":1e999})"), ""));
}

TEST_CASE("a default that lacks defaults of its own is completed before it is judged") {
  const std::string schema =
      R"({"type":"object","properties":{"b":{"type":"integer","default":1}},"required":["b"],"default":{}})";
  CHECK(said(property(schema)) == "ok");
}

TEST_CASE("patterns that explode are refused") {
  CHECK(
      refused(property(R"~({"type":"string","pattern":"((a{50}){50}){50}"})~"), "malformed or too complex"));
  CHECK(refused(property(R"~({"type":"string","pattern":"(?=a)"})~"), "malformed or too complex"));
  CHECK(refused(property(R"~({"type":"string","pattern":"[z-a]"})~"), "can't be compiled"));
}

TEST_CASE("a large default in each table of a long list is refused, not built") {
  const std::string schema =
      R"({"properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{
    "default":")" +
      std::string(100'000, 'x') + R"("}}}}}})";
  PluginSection section;
  section.id = "x";
  ArrayPtr list = new Poco::JSON::Array;
  for (int i = 0; i < 100'000; ++i) list->add(Json(ObjectPtr(new Poco::JSON::Object)));
  section.settings->set("a", list);
  CHECK(said(schema, section) == "plugin.x: the defaults of the schema add up to too much");
}

TEST_CASE("a schema made to take long is refused in time") {
  const auto begin = std::chrono::steady_clock::now();
  const std::string branches = repeat(R"({"type":"null"},)", 8000) + R"({"type":"null"})";
  const std::string zeros = repeat("0,", 50'000) + "0";
  CHECK(refused(property(R"({"items":{"anyOf":[)" + branches + R"(]},"default":[)" + zeros + "]}"), ""));
  const std::string values = repeat("1,", 60'000) + "1";
  CHECK(refused(property(R"({"items":{"enum":[)" + values + R"(]},"default":[)" + zeros + "]}"), ""));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("an error in a hostile schema is still one short line") {
  const std::string words = said(property(R"({"type":"\u001b[2J\n)" + std::string(5000, 'x') + "\"}"));
  CHECK(words.find('\n') == std::string::npos);
  CHECK(words.find('\x1b') == std::string::npos);
  CHECK(words.size() <= 1024);
}

TEST_CASE("every cut and every flipped byte of a schema gives an answer") {
  const std::string schema =
      R"({"type":"object","properties":{"a":{"type":["integer","null"],"minimum":1,"default":2},)"
      R"("b":{"type":"array","items":{"type":"string","pattern":"^a{1,3}(b|c)*$"},"default":["a"]},)"
      R"("c":{"anyOf":[{"enum":[1,"x"]},{"type":"object","required":["d"]}]}},"additionalProperties":false})";
  REQUIRE(said(schema) == "ok");
  for (std::size_t at = 0; at < schema.size(); ++at) {
    CHECK_FALSE(said(schema.substr(0, at)) == "ok");
    for (const char mask : {'\x01', '\x02', '\x10', '\x80'}) {
      std::string flipped = schema;
      flipped[at] = static_cast<char>(schema[at] ^ mask);
      CHECK_FALSE(said(flipped).empty());
    }
  }
}
