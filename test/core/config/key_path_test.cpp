// Tests of key paths and of the search for the nearest key.
#include "core/config/key_path.hpp"

#include <catch2/catch.hpp>

#include "core/config/config_error.hpp"

using namespace hearth::config;

TEST_CASE("paths are written like in TOML") {
  CHECK(child_path("", "plugin") == "plugin");
  CHECK(child_path("plugin", "gpio_led") == "plugin.gpio_led");
  CHECK(child_path("plugin", "vendor.lamp") == "plugin.\"vendor.lamp\"");
  CHECK(child_path("a", "") == "a.\"\"");
  CHECK(item_path("a.b", 3) == "a.b[3]");
}

TEST_CASE("a path knows what is around it") {
  CHECK(parent_path("plugin.x.device[0].host") == "plugin.x.device[0]");
  CHECK(parent_path("plugin.x.device[0]") == "plugin.x.device");
  CHECK(parent_path("plugin.\"a.b[1]\"") == "plugin");
  CHECK(parent_path("plugin").empty());
  CHECK(parent_path("\"a.b\"").empty());
}

TEST_CASE("a mistyped key finds the one that was meant") {
  const std::vector<std::string> known = {"allow", "listen", "max_connections", "token"};
  CHECK(nearest_key("listn", known) == "listen");
  CHECK(nearest_key("lsiten", known) == "listen");
  CHECK(nearest_key("Listen", known) == "listen");
  CHECK(nearest_key("max", known) == "max_connections");
  CHECK(nearest_key("tokens_of_all", known) == "token");
  CHECK_FALSE(nearest_key("port", known));
  CHECK_FALSE(nearest_key("x", {"on"}));
  CHECK_FALSE(nearest_key(std::string(10'000, 'l'), known));
}

TEST_CASE("an error is one line with file, line, key and words") {
  CHECK(to_string(
            ConfigError{{"hearth.toml", 12}, "plugin.athome.listn", "unknown key, did you mean 'listen'?"}) ==
        "hearth.toml:12: plugin.athome.listn: unknown key, did you mean 'listen'?");
  CHECK(to_string(ConfigError{{"hearth.toml", 1, 5}, "", "a\nb"}) == "hearth.toml:1:5: a\\nb");
  CHECK(to_string(ConfigError{{}, "", "words"}) == "words");
}

TEST_CASE("what has no position is placed at what is around it") {
  const Positions positions = {{"plugin.x", {"a", 1}}, {"plugin.x.device[0]", {"a", 7}}};
  CHECK(position_of(positions, "plugin.x.device[0].host", {}).line == 7);
  CHECK(position_of(positions, "plugin.x.other", {}).line == 1);
  CHECK(position_of(positions, "home.latitude", {"main", 0}).file == "main");
}
