// abi.h is what it was when it was published, for every compiler; it has only grown at its ends.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "test/abi/table_diff.hpp"

using hearth::test::forbidden_changes;
using hearth::test::not_in_table;
using hearth::test::version_of;

namespace {

const std::string kSmall =
    "abi 1.0\n"
    "fixed slice 16\n  data 0 8 const uint8_t*\n  size 8 8 uint64_t\n"
    "table host 16\n  size 0 8 uint64_t\n  log 8 8 void (*)(void*, int)\n"
    "enum colours\n  HEARTH_RED 0\n  HEARTH_BLUE 1\n"
    "type hearth_fn 8 void (*)(void*)\n";

std::string read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string output_of(const std::string& program) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(program.c_str(), "r"), pclose);
  REQUIRE(pipe);
  std::string text;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) text.append(buffer, n);
  return text;
}

// abi.h as it is.
std::string now() { return output_of(PROGRAMS "/table_gxx"); }

// kSmall with `from` become `to`.
std::string with(const std::string& from, const std::string& to, std::string text = kSmall) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string all(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("abi.h is the same for C11 and C++20, g++ and clang++") {
  for (const std::string program : {"/table_gcc", "/table_clang", "/table_clangxx"}) {
    INFO(program);
    CHECK(output_of(PROGRAMS + program) == now());
  }
}

TEST_CASE("abi.h keeps every table that was published") {
  if (sizeof(void*) != 8) return;  // they were published for 64 bits
  const auto version = version_of(now());
  INFO("an ABI is published by keeping its table: " PROGRAMS "/table_gxx > test/abi/abi-" << version
                                                                                          << ".txt");
  CHECK(std::filesystem::exists(std::filesystem::path(TABLES) / ("abi-" + version + ".txt")));
  for (const auto& file : std::filesystem::directory_iterator(TABLES)) {
    const auto name = file.path().filename().string();
    if (!name.starts_with("abi-") || file.path().extension() != ".txt") continue;
    INFO("compared with test/abi/" << name);
    CHECK(all(forbidden_changes(read(file.path()), now())).empty());
  }
}

TEST_CASE("the table shows all that abi.h declares") { CHECK(all(not_in_table(read(ABI_H), now())).empty()); }

TEST_CASE("a change of what is published is told, with what to do about it") {
  const auto changed =
      GENERATE(with("log 8 8", "log 16 8"), with("(void*, int)", "(void*, long)"),
               with("  log 8 8 void (*)(void*, int)\n", ""), with("table host 16", "table host 8"),
               with("slice 16", "slice 24"), with("RED 0", "RED 2"), with("  HEARTH_RED 0\n", ""),
               with("type hearth_fn 8 void (*)(void*)\n", ""), with("(void*)\n", "(int)\n"),
               with("  size 8 8 uint64_t\n", "  size 8 8 uint64_t\n  more 16 8 int64_t\n"),
               with("table host 16", "table guest 16"));
  CAPTURE(changed);
  CHECK(all(forbidden_changes(kSmall, changed)).find("raise HEARTH_ABI_MAJOR") != std::string::npos);
  CHECK_FALSE(forbidden_changes(kSmall, with("abi 1.0", "abi 1.1", changed)).empty());
  CHECK(forbidden_changes(kSmall, with("abi 1.0", "abi 2.0", changed)).empty());
}

TEST_CASE("what is added at an end needs a higher minor") {
  const auto grown = GENERATE(
      with("table host 16", "table host 24", with("(void*, int)\n", "(void*, int)\n  now 16 8 int (*)()\n")),
      with("  HEARTH_BLUE 1\n", "  HEARTH_BLUE 1\n  HEARTH_GREEN 2\n"),
      kSmall + "type hearth_more_fn 8 void (*)(int)\n", kSmall + "enum tastes\n  HEARTH_SWEET 0\n");
  CAPTURE(grown);
  CHECK(all(forbidden_changes(kSmall, grown)).find("raise HEARTH_ABI_MINOR") != std::string::npos);
  CHECK(forbidden_changes(kSmall, with("abi 1.0", "abi 1.1", grown)).empty());
}

TEST_CASE("nothing is told of a table that is the same, or spaced another way") {
  CHECK(forbidden_changes(kSmall, kSmall).empty());
  CHECK(forbidden_changes(kSmall, with("void (*)(void*, int)", "void(*)(void*,int)")).empty());
}

TEST_CASE("a minor never goes back") {
  CHECK_FALSE(forbidden_changes(with("abi 1.0", "abi 1.2"), with("abi 1.0", "abi 1.1")).empty());
}

TEST_CASE("what the table forgets is noticed") {
  const std::string header =
      "typedef struct slice { int x; } slice;\n/* HEARTH_NOT = 1 */ enum { HEARTH_RED = 0, HEARTH_BLUE };\n"
      "typedef void (*hearth_fn)(void*);";
  CHECK(all(not_in_table(header, kSmall)).empty());
  CHECK_FALSE(not_in_table(header + "enum { HEARTH_GREEN = 2 };", kSmall).empty());
  CHECK_FALSE(not_in_table(header + "typedef int (*hearth_new_fn)(void*);", kSmall).empty());
  CHECK_FALSE(not_in_table(header + "typedef int32_t hearth_new;", kSmall).empty());
  CHECK_FALSE(not_in_table(header + "struct hearth_new {", kSmall).empty());
  CHECK_FALSE(not_in_table(header, with("table host 16", "table host 24")).empty());
  CHECK_FALSE(not_in_table(header, with("log 8 8", "log 9 7")).empty());
}
