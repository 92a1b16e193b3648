// Tests of the limits on regular expressions.
#include "core/config/pattern.hpp"

#include <catch2/catch.hpp>

using hearth::config::compile_pattern;
using hearth::config::pattern_weight;

TEST_CASE("ordinary patterns pass") {
  for (const char* pattern :
       {"", "^[a-z][a-z0-9_]*$", "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$", "^#[0-9A-Fa-f]{6}$", "^(a|b|)$",
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", "^[^\\]\\[]{1,64}$",
        "^(?:\\d+\\.){3}\\d+$", "^.{1,200}:[0-9]{1,5}$", "^\\([(){}]+\\)$"}) {
    INFO(pattern);
    REQUIRE(pattern_weight(pattern).ok());
    CHECK(compile_pattern(pattern).ok());
  }
}

TEST_CASE("patterns that are malformed or explode are refused before they are compiled") {
  for (const std::string& pattern :
       {std::string("(a{100}){100}"), std::string("(((((a{9}){9}){9}){9}){9}){9}"), std::string("a{100000}"),
        std::string("a{99999999999999999999}"), std::string(300, 'a'),
        std::string(100, '(') + std::string(100, ')'), std::string("(a"), std::string("a)"),
        std::string("[a"), std::string("[]"), std::string("[^]"), std::string("[[:alpha:]]"),
        std::string("a{"), std::string("a{1"), std::string("(?=a)"), std::string("(?!a)b"),
        std::string("(?<a>b)")}) {
    INFO(pattern);
    CHECK_FALSE(pattern_weight(pattern).ok());
  }
}

TEST_CASE("what only the compiler of patterns finds is an error too") {
  for (const char* pattern : {"(a)\\1", "a**{", "*", "[z-a]", "\\"}) {
    INFO(pattern);
    CHECK_FALSE((pattern_weight(pattern).ok() && compile_pattern(pattern).ok()));
  }
}

TEST_CASE(
    "a pattern that would go back for ever matches in linear time, and a long text doesn't break the stack") {
  const auto pattern = compile_pattern("^(a*)*b$");
  REQUIRE(pattern.ok());
  CHECK_FALSE(std::regex_search(std::string(4096, 'a'), *pattern));
  CHECK(std::regex_search(std::string(200'000, 'a') + "b", *pattern));
}
