// Times as clients write them.
#include "protocols/athome/program_time.hpp"

#include <catch2/catch.hpp>

using hearth::athome::parse_time;
using hearth::athome::time_text;

TEST_CASE("a time of day is read in each form that clients write") {
  const std::pair<std::string, std::uint32_t> times[] = {
      {"0:00", 0},
      {"00:00", 0},
      {"7:30", 7 * 3600 + 30 * 60},
      {"07:30", 7 * 3600 + 30 * 60},
      {"07:30:15", 7 * 3600 + 30 * 60 + 15},
      {"7:30:15", 7 * 3600 + 30 * 60 + 15},
      {"23:59", 86'340},
      {"23:59:59", 86'399},
      {"1900-01-01 17:45:00", 17 * 3600 + 45 * 60},
      {"1900-01-01T17:45:00", 17 * 3600 + 45 * 60},
      {std::string(100'000, 'x') + "17:45:00", 17 * 3600 + 45 * 60},
  };
  for (const auto& [text, seconds] : times) {
    INFO(text.substr(0, 40));
    CHECK(parse_time(text) == seconds);
  }
}

TEST_CASE("what is no time of a day is none") {
  const std::string none[] = {
      "",
      ":",
      "::",
      ":::",
      "7",
      "7:",
      ":30",
      "24:00",
      "24:00:00",
      "7:60",
      "7:5",
      "7:30:",
      "7:30:5",
      "23:59:60",
      "23:59:61",
      "7:30:15:",
      "07:30:1",
      "-1:30",
      "+7:30",
      "0x7:30",
      " 7:30",
      "7:30 ",
      "7: 30",
      "7.30",
      "7:3a",
      "a7:30",
      "007:30",
      "07:030",
      "7:30 PM",
      "noon",
      "99:99:99",
      "\xef\xbc\x97:30",
      "1900-01-01",
      "1900-01-01 7:30:00 ",
      std::string("7:30\0", 5),
      std::string(8, '\0'),
      std::string(100'000, '7'),
      std::string(100'000, ':'),
  };
  for (const auto& text : none) {
    INFO(text.substr(0, 40));
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("a time is told with a date that can be read back") {
  CHECK(time_text(0) == "1900-01-01 00:00:00");
  CHECK(time_text(17 * 3600 + 45 * 60) == "1900-01-01 17:45:00");
  for (std::uint32_t second = 0; second < 86'400; second += 7) {
    if (parse_time(time_text(second)) != second) FAIL(second);
  }
}

TEST_CASE("seconds beyond a day are told without harm") { CHECK_FALSE(time_text(UINT32_MAX).empty()); }
