// Tests that the vocabulary of capabilities is well-formed.
#include <Poco/JSON/Parser.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "core/config/json_tree.hpp"

using namespace hearth::config;

TEST_CASE("every capability has a name, a known type, a unit, a description and a sane range") {
  std::ifstream file(HEARTH_SCHEMAS "/capabilities.json");
  std::stringstream text;
  text << file.rdbuf();
  const ObjectPtr root = as_object(Poco::JSON::Parser().parse(text.str()));
  REQUIRE(root);
  const std::set<std::string> types = {"bool", "integer", "number", "text", "color"};
  std::set<std::string> names;
  for (const Json& item : *array_at(*root, "capabilities")) {
    const ObjectPtr capability = as_object(item);
    const std::string name = text_at(*capability, "name");
    INFO(name);
    CHECK(names.insert(name).second);
    const std::string type = text_at(*capability, "type");
    CHECK(types.contains(type));
    CHECK(capability->get("unit").isString());
    CHECK(is_bool(capability->get("writable")));
    const std::string description = text_at(*capability, "description");
    CHECK_FALSE(description.empty());
    CHECK(description.find('\n') == std::string::npos);
    const bool ranged = type == "integer" || type == "number" || type == "text";
    CHECK(capability->has("min") == ranged);
    CHECK(capability->has("max") == ranged);
    if (ranged) CHECK(capability->getValue<double>("min") < capability->getValue<double>("max"));
  }
  for (const char* name : {"on_off", "brightness", "color", "color_temperature", "power", "energy", "voltage",
                           "current", "signal", "temperature", "humidity", "motion", "contact", "position",
                           "battery", "pattern", "command", "payload"}) {
    CHECK(names.contains(name));
  }
}
