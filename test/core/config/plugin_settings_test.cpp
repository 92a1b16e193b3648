// Tests of a plugin's section against the plugin's schema.
#include "core/config/plugin_settings.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "folder.hpp"

using namespace hearth::config;

namespace {

constexpr std::string_view kSchema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#", "title": "x", "type": "object",
  "properties": {
    "listen": {"type": "string", "pattern": "^[0-9.]+:[0-9]+$", "default": "127.0.0.1:9999"},
    "poll": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600, "default": 5},
    "mode": {"enum": ["fast", "slow"], "default": "slow"},
    "retries": {"type": "integer", "minimum": 0},
    "allow": {"type": "array", "items": {"type": "string", "maxLength": 40}, "maxItems": 3,
              "default": ["127.0.0.0/8"]},
    "tls": {"type": "object", "properties": {"verify": {"type": "boolean", "default": true},
            "depth": {"type": "object", "properties": {"max": {"type": "integer", "default": 4}}}},
            "additionalProperties": false},
    "account": {"type": "object", "properties": {"user": {"type": "string"},
                "role": {"type": "string", "default": "guest"}}, "required": ["user"]},
    "target": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 2}]},
    "device": {"type": "array", "items": {"type": "object", "required": ["host"],
       "properties": {"host": {"type": "string", "minLength": 1}, "port": {"type": "integer", "minimum": 1,
                      "maximum": 65535, "default": 80}}, "additionalProperties": false}}
  },
  "additionalProperties": false
})";

PluginSection section_of(const std::string& toml) {
  const Folder folder;
  const auto loaded = folder.load("[plugin.x]\n" + toml);
  REQUIRE(words(loaded) == "ok");
  return loaded->section("x");
}

std::string said(const std::string& toml, std::string_view schema = kSchema) {
  const auto checked = validate_plugin(section_of(toml), schema);
  if (!checked) return to_string(checked.errors());
  std::ostringstream text;
  (*checked)->stringify(text);
  return text.str();
}

}  // namespace

TEST_CASE("an empty section gets every default, also those of nested tables") {
  CHECK(said("") == R"({"allow":["127.0.0.0/8"],"listen":"127.0.0.1:9999","mode":"slow","poll":5,)"
                    R"("tls":{"depth":{"max":4},"verify":true}})");
}

TEST_CASE("defaults are filled into the tables of lists and into tables that are there") {
  const std::string text =
      said("device = [{host = 'a'}, {host = 'b', port = 81}]\n[plugin.x.account]\nuser = 'u'");
  CHECK(text.find(R"("device":[{"host":"a","port":80},{"host":"b","port":81}])") != std::string::npos);
  CHECK(text.find(R"("account":{"role":"guest","user":"u"})") != std::string::npos);
}

TEST_CASE("the section itself is not changed, and the host's own keys don't reach the schema") {
  const PluginSection section =
      section_of("enabled = true\nisolation = 'process'\npermissions = ['net']\npoll = 1");
  REQUIRE(validate_plugin(section, kSchema).ok());
  CHECK(section.settings->getNames() == std::vector<std::string>{"poll"});
}

TEST_CASE("what a person gave stays as it is") {
  const std::string text = said("poll = 0.5\nmode = 'fast'\nallow = []\ntls.verify = false");
  CHECK(text.find(R"("allow":[])") != std::string::npos);
  CHECK(text.find(R"("poll":0.5)") != std::string::npos);
  CHECK(text.find(R"("verify":false)") != std::string::npos);
}

TEST_CASE("an error names file, line, key and what was expected") {
  CHECK(said("\npoll = 'often'") ==
        "hearth.toml:3: plugin.x.poll: expected a number above 0 and of at most 3600, found a text");
  CHECK(said("poll = 0") == "hearth.toml:2: plugin.x.poll: expected a number above 0 and of at most 3600");
  CHECK(said("poll = true") ==
        "hearth.toml:2: plugin.x.poll: expected a number above 0 and of at most 3600, found true or false");
  CHECK(said("mode = 'medium'") == "hearth.toml:2: plugin.x.mode: expected one of 'fast', 'slow'");
  CHECK(said("listen = 'nowhere'") ==
        "hearth.toml:2: plugin.x.listen: expected a text that matches ^[0-9.]+:[0-9]+$");
  CHECK(said("retries = 1.5") ==
        "hearth.toml:2: plugin.x.retries: expected an integer of at least 0, found a number");
  CHECK(said("retries = true") ==
        "hearth.toml:2: plugin.x.retries: expected an integer of at least 0, found true or false");
  CHECK(said("allow = ['a', 'b', 'c', 'd']") ==
        "hearth.toml:2: plugin.x.allow: expected a list of at most 3 items");
  CHECK(said("allow = [1]") ==
        "hearth.toml:2: plugin.x.allow[0]: expected a text of at most 40 characters, found an integer");
  CHECK(said("target = 'a'") ==
        "hearth.toml:2: plugin.x.target: expected an integer or a text of at least 2 characters");
}

TEST_CASE("a length is counted in characters, not in bytes") {
  const std::string forty(40, 'x');
  CHECK(said("allow = ['" + forty + "']").find("expected") == std::string::npos);
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "ü";
  CHECK(said("allow = ['" + umlauts + "']").find("expected") == std::string::npos);
  CHECK(said("allow = ['" + umlauts + "ü']").find("expected") != std::string::npos);
}

TEST_CASE("unknown and missing keys are named, in lists too") {
  CHECK(said("listn = 'a'") == "hearth.toml:2: plugin.x.listn: unknown key, did you mean 'listen'?");
  CHECK(said("[[plugin.x.device]]\nhost = 'a'\n[[plugin.x.device]]\n\nprot = 3") ==
        "hearth.toml:4: plugin.x.device[1].host: is required: a text of at least 1 characters\n"
        "hearth.toml:6: plugin.x.device[1].prot: unknown key, did you mean 'port'?");
  CHECK(said("account = {}") == "hearth.toml:2: plugin.x.account.user: is required: a text");
}

TEST_CASE("a mistyped key of the host is recognised, though no plugin's schema has it") {
  CHECK(said("enbled = false") == "hearth.toml:2: plugin.x.enbled: unknown key, did you mean 'enabled'?");
  CHECK(said("tls.enbled = false") ==
        "hearth.toml:2: plugin.x.tls.enbled: unknown key; known here: depth, verify");
}

TEST_CASE("several errors are all told, each once") {
  const auto checked = validate_plugin(section_of("poll = 'a'\nmode = 1\ndevice = [{host = ''}]"), kSchema);
  REQUIRE_FALSE(checked);
  CHECK(checked.errors().size() == 3);
  for (const ConfigError& error : checked.errors()) CHECK(error.plugin == "x");
}

TEST_CASE("a required key that has a default is not missed") {
  CHECK(said("", R"({"type":"object","properties":{"a":{"type":"integer","default":1}},"required":["a"]})") ==
        R"({"a":1})");
}

TEST_CASE("a required key without a section at all is told with the main file") {
  const Folder folder;
  const auto loaded = folder.load("");
  const auto checked = validate_plugin(loaded->section("x"), R"({"type":"object","required":["host"]})");
  CHECK(to_string(checked.errors()) == "hearth.toml: plugin.x.host: is required");
}

TEST_CASE("defaults of the branch that fits are filled in") {
  constexpr std::string_view kBranches = R"({"type":"object","properties":{"how":{"anyOf":[
    {"type":"object","properties":{"kind":{"const":"tcp"},"port":{"type":"integer","default":80}},
     "required":["kind"]},
    {"type":"object","properties":{"kind":{"const":"serial"},"baud":{"type":"integer","default":9600}},
     "required":["kind"]}]}}})";
  CHECK(said("how.kind = 'serial'", kBranches) == R"({"how":{"baud":9600,"kind":"serial"}})");
  CHECK(said("how = {kind = 'tcp', port = 1}", kBranches) == R"({"how":{"kind":"tcp","port":1}})");
  CHECK(said("how.kind = 'other'", kBranches).find("hearth.toml:2: plugin.x.how: expected a table") == 0);
}

TEST_CASE("a schema for the values of unnamed keys is kept, defaults included") {
  constexpr std::string_view kLamps = R"({"type":"object","additionalProperties":{"type":"object",
    "properties":{"pin":{"type":"integer"},"inverted":{"type":"boolean","default":false}},"required":["pin"]}})";
  CHECK(said("red.pin = 4", kLamps) == R"({"red":{"inverted":false,"pin":4}})");
  CHECK(said("red.pin = 'a'", kLamps) ==
        "hearth.toml:2: plugin.x.red.pin: expected an integer, found a text");
  CHECK(said("red.pni = 4", kLamps) == "hearth.toml:2: plugin.x.red.pin: is required: an integer");
}

TEST_CASE("a section that is broken already is not checked further") {
  const PluginSection section = section_of("enabled = 'yes'");
  const auto checked = validate_plugin(section, kSchema);
  CHECK(to_string(checked.errors()) ==
        "hearth.toml:2: plugin.x.enabled: expected true or false, found a text");
}
