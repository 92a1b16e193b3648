// Tests of the cleaning of text from outside.
#include "core/log/one_line.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "core/log/utf8.hpp"

using hearth::core::is_utf8;
using hearth::core::one_line;

TEST_CASE("ordinary text in any script is left as it is") {
  CHECK(one_line("Küche: 21.5 °C, 部屋 \xF0\x9F\x92\xA1", 200) == "Küche: 21.5 °C, 部屋 \xF0\x9F\x92\xA1");
  CHECK(one_line("", 200).empty());
}

TEST_CASE("control characters are escaped, so that a text stays one line") {
  CHECK(one_line("a\nb\r\tc\x1b[31m\x7f", 200) == "a\\nb\\r\\tc\\u{1b}[31m\\u{7f}");
  CHECK(one_line(std::string_view("a\0b", 3), 200) == "a\\u{0}b");
  CHECK(one_line("\xC2\x85|\xE2\x80\xA8|\xE2\x80\xAE", 200) == "\\u{85}|\\u{2028}|\\u{202e}");
}

TEST_CASE("wrong bytes become the replacement character") {
  CHECK(one_line("a\xFF"
                 "b",
                 200) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(one_line("\xC0\xAF", 200) == "\xEF\xBF\xBD\xEF\xBF\xBD");              // overlong
  CHECK(one_line("\xED\xA0\x80", 200).find("\xED\xA0") == std::string::npos);  // surrogate
  CHECK(one_line("\xE2\x82", 200) == "\xEF\xBF\xBD\xEF\xBF\xBD");              // cut off
}

TEST_CASE("long text is cut between code points and says so") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "é";
  for (std::size_t limit = 8; limit < 40; ++limit) {
    const std::string line = one_line(text, limit);
    CHECK(line.size() <= limit);
    CHECK(line.ends_with("\xE2\x80\xA6"));
    CHECK(is_utf8(line));
  }
  CHECK(one_line(std::string(10, 'x'), 10) == std::string(10, 'x'));
  CHECK(one_line(std::string(1000, '\n'), 16).size() <= 16);
}

TEST_CASE("UTF-8 is told from what is not") {
  CHECK(is_utf8("plain é 部 \xF4\x8F\xBF\xBF"));
  for (const char* wrong : {"\x80", "\xC1\x80", "\xE0\x80\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x28\xA1", "\xFE"}) {
    CHECK_FALSE(is_utf8(wrong));
  }
}
