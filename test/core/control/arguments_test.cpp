// Tests of core/control/ctl/arguments.hpp.
#include "core/control/ctl/arguments.hpp"

#include <catch2/catch.hpp>

using namespace hearth::core::ctl;

namespace {

const std::vector<Option>* options_of(std::string_view command) {
  static const std::vector<Option> log{{"--follow", "", ""}, {"--level", "LEVEL", ""}};
  return command == "log" ? &log : nullptr;
}

Arguments parse(const std::vector<std::string>& args) {
  const auto parsed = parse_arguments(args, options_of);
  REQUIRE(parsed.ok());
  return *parsed;
}

std::string refusal(const std::vector<std::string>& args) {
  return parse_arguments(args, options_of).error().words;
}

}  // namespace

TEST_CASE("common options may stand before and behind the command") {
  for (const auto& args : std::vector<std::vector<std::string>>{{"--json", "--runtime-dir", "/r", "log", "a"},
                                                                {"log", "--runtime-dir=/r", "a", "--json"}}) {
    const auto parsed = parse(args);
    CHECK(parsed.json);
    CHECK(parsed.runtime_dir == "/r");
    CHECK(parsed.command == "log");
    CHECK(parsed.words == std::vector<std::string>{"a"});
  }
}

TEST_CASE("a command's own options are taken with and without a value") {
  const auto parsed = parse({"log", "--follow", "--level", "error"});
  CHECK(parsed.has("--follow"));
  CHECK(parsed.option("--level") == "error");
  CHECK(parse({"log", "--level=info"}).option("--level") == "info");
}

TEST_CASE("an option that doesn't exist, or lacks its value, is refused") {
  CHECK(refusal({"log", "--folow"}) == "unknown option --folow; did you mean --follow?");
  CHECK(refusal({"--level"}).starts_with("unknown option --level"));
  CHECK(refusal({"log", "--level"}) == "--level needs a value");
  CHECK(refusal({"log", "--follow=x"}) == "--follow takes no value");
}

TEST_CASE("negative numbers and what follows two dashes are words") {
  CHECK(parse({"log", "-5", "--", "--json"}).words == std::vector<std::string>{"-5", "--json"});
  CHECK_FALSE(parse({"log", "--", "--json"}).json);
}

TEST_CASE("a plugin's verb gets the options that hearthctl doesn't know") {
  CHECK(parse({"kasa", "pair", "--fast", "x"}).words == std::vector<std::string>{"pair", "--fast", "x"});
}
