// Manifests, right ones and wrong ones.
#include "core/host/manifest.hpp"

#include <catch2/catch.hpp>
#include <string>

using hearth::core::Manifest;

namespace {

const std::string kRest = R"("kind": "driver", "version": "1.0", "summary": "s")";

std::string with(const std::string& more) { return R"({"id": "lamp", )" + kRest + ", " + more + "}"; }
std::string with_id(const std::string& id) { return "{\"id\": \"" + id + "\", " + kRest + "}"; }

std::string with_files(const std::string& count) {
  return with(R"("verbs": {"word": "lamp", "verbs": [{"name": "load", "help": "h", "files": )" + count +
              "}]}");
}

struct Wrong {
  std::string text;
  std::string why;  // a part of the words
};

}  // namespace

TEST_CASE("a manifest says who the plugin is and what it wants") {
  const auto m = Manifest::parse(with(
      R"("permissions": ["net:lan"], "answers": ["acme.Ask"], "workers": 8,
         "verbs": {"word": "lamp", "verbs": [{"name": "blink", "args": "TIMES", "help": "Blinks."}]})"));
  REQUIRE(m.ok());
  CHECK(m->id == "lamp");
  CHECK(m->kind == "driver");
  CHECK(m->version == "1.0");
  CHECK(m->summary == "s");
  CHECK(m->permissions == std::vector<std::string>{"net:lan"});
  CHECK(m->answers == std::vector<std::string>{"acme.Ask"});
  CHECK(m->workers == 8);
  CHECK(m->word == "lamp");
  REQUIRE(m->verbs.size() == 1);
  CHECK(m->verbs[0].name == "blink");
  CHECK(m->verbs[0].args == "TIMES");
  CHECK(m->verbs[0].files == 0);
  CHECK_FALSE(m->takes_files());
}

TEST_CASE("a manifest says how many arguments of a verb are files") {
  for (const std::string files : {"0", "1", "8"}) {
    const auto m = Manifest::parse(with(
        R"("verbs": {"word": "lamp", "verbs": [{"name": "dim", "help": "h"}, {"name": "load", "help": "h", "files": )" +
        files + "}]}"));
    REQUIRE(m.ok());
    CHECK(std::to_string(m->verbs[1].files) == files);
    CHECK(m->takes_files() == (files != "0"));
  }
}

TEST_CASE("what a manifest leaves out is empty, and four workers are enough") {
  const auto m = Manifest::parse(with_id("lamp"));
  REQUIRE(m.ok());
  CHECK(m->permissions.empty());
  CHECK(m->answers.empty());
  CHECK(m->word.empty());
  CHECK(m->workers == 4);
}

TEST_CASE("ids are words of lower-case letters, digits and underscores") {
  for (const auto* id : {"a", "gpio_led", "x2", "a_"}) CHECK(Manifest::parse(with_id(id)).ok());
  CHECK(Manifest::parse(with_id(std::string(64, 'a'))).ok());
  for (const std::string id :
       {"", "2x", "_a", "Lamp", "a-b", "a b", "a/b", "..", "a.b", "lämp", "server", "core", "control"}) {
    INFO(id);
    CHECK_FALSE(Manifest::parse(with_id(id)).ok());
  }
  CHECK_FALSE(Manifest::parse(with_id(std::string(65, 'a'))).ok());
}

TEST_CASE("a wrong manifest is refused, and its error names what is wrong") {
  const std::string deep = std::string(20, '[') + std::string(20, ']');
  const Wrong all[] = {
      {"", "manifest is wrong"},
      {"{", "manifest is wrong"},
      {"[]", "not a JSON object"},
      {"\"text\"", "manifest is wrong"},
      {"null", "manifest is wrong"},
      {std::string("{\"id\": \"\xff\"}"), "not UTF-8"},
      {"{}", "'id'"},
      {R"({"id": 7})", "'id'"},
      {R"({"id": "lamp"})", "'kind'"},
      {R"({"id": "lamp", "kind": "lamp", "version": "1", "summary": "s"})", "'kind'"},
      {R"({"id": "lamp", "kind": "driver", "version": "", "summary": "s"})", "'version'"},
      {R"({"id": "lamp", "kind": "driver", "version": 1, "summary": "s"})", "'version'"},
      {R"({"id": "lamp", "kind": "driver", "version": "1"})", "'summary'"},
      {R"({"id": "lamp", "kind": "driver", "version": "1", "summary": ")" + std::string(300, 's') + "\"}",
       "'summary'"},
      {R"({"id": "lamp", "kind": "driver", "version": ")" + std::string(65, '1') + R"(", "summary": "s"})",
       "'version'"},
      {with(R"("licence": "x")"), "unknown key 'licence'"},
      {with(R"("permissions": "net")"), "'permissions'"},
      {with(R"("permissions": [7])"), "'permissions'"},
      {with(R"("permissions": {})"), "'permissions'"},
      {with(R"("answers": [null])"), "'answers'"},
      {with("\"answers\": " + deep), "manifest is wrong"},
      {with(R"("workers": 0)"), "'workers'"},
      {with(R"("workers": 33)"), "'workers'"},
      {with(R"("workers": -1)"), "'workers'"},
      {with(R"("workers": "4")"), "'workers'"},
      {with(R"("workers": 4.5)"), "'workers'"},
      {with(R"("workers": 99999999999999999999)"), "manifest is wrong"},
      {with(R"("verbs": [])"), "'verbs'"},
      {with(R"("verbs": {"word": "lamp"})"), "no verb"},
      {with(R"("verbs": {"verbs": []})"), "'word'"},
      {with(R"("verbs": {"word": "La mp", "verbs": []})"), "'verbs.word'"},
      {with(R"("verbs": {"word": "lamp", "verbs": ["blink"]})"), "'verbs.verbs'"},
      {with(R"("verbs": {"word": "lamp", "verbs": [{"name": "Blink!", "help": "h"}]})"), "verb's name"},
      {with(R"("verbs": {"word": "lamp", "verbs": [{"name": "blink"}]})"), "'help'"},
      {with(R"("verbs": {"word": "lamp", "verbs": [{"name": "blink", "help": "h", "x": 1}]})"),
       "unknown key 'x'"},
      {with_files("9"), "'files' is not 0 to 8"},
      {with_files("-1"), "'files'"},
      {with_files("1.5"), "'files'"},
      {with_files("\"1\""), "'files'"},
      {with_files("true"), "'files'"},
      {with_files("null"), "'files'"},
      {with_files("[1]"), "'files'"},
      {with_files("99999999999999999999"), "manifest is wrong"},
      {with("\"summary\": \"" + std::string(70'000, 's') + "\""), "64 KiB"},
  };
  for (const auto& [text, why] : all) {
    const auto m = Manifest::parse(text);
    INFO(text.substr(0, 200));
    REQUIRE_FALSE(m.ok());
    INFO(m.error().words);
    CHECK(m.error().words.find(why) != std::string::npos);
  }
}
