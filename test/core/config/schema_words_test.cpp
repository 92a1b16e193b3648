// Tests of the words in which a schema's expectation is told.
#include <Poco/JSON/Parser.h>

#include <catch2/catch.hpp>

#include "core/config/explain.hpp"
#include "core/config/json_tree.hpp"

using namespace hearth::config;

namespace {

std::string described(const std::string& schema) {
  return describe(*as_object(Poco::JSON::Parser().parse(schema)));
}

}  // namespace

TEST_CASE("types are told in plain words") {
  CHECK(described(R"({"type":"boolean"})") == "true or false");
  CHECK(described(R"({"type":"string"})") == "a text");
  CHECK(described(R"({"type":"object"})") == "a table");
  CHECK(described(R"({"type":["integer","string"]})") == "an integer or a text");
  CHECK(described("{}") == "something else");
}

TEST_CASE("ranges are told with their ends") {
  CHECK(described(R"({"type":"integer","minimum":1,"maximum":65535})") == "an integer from 1 to 65535");
  CHECK(described(R"({"type":"number","exclusiveMinimum":0.5})") == "a number above 0.5");
  CHECK(described(R"({"type":"number","minimum":-1,"exclusiveMaximum":1})") ==
        "a number of at least -1 and below 1");
}

TEST_CASE("sizes are told with their unit") {
  CHECK(described(R"({"type":"string","minLength":1,"maxLength":8})") == "a text of 1 to 8 characters");
  CHECK(described(R"({"type":"array","minItems":2})") == "a list of at least 2 items");
  CHECK(described(R"({"type":"object","maxProperties":3})") == "a table of at most 3 keys");
}

TEST_CASE("alternatives are listed, but not without end") {
  CHECK(described(R"({"enum":["a",1,null]})") == "one of 'a', 1, nothing");
  CHECK(described(R"({"const":"tcp"})") == "'tcp'");
  std::string many = "1";
  for (int i = 2; i < 100; ++i) many += "," + std::to_string(i);
  CHECK(described("{\"enum\":[" + many + "]}") == "one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...");
}
