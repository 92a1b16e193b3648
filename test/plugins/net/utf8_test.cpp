// UTF-8 in pieces, and Base64.
#include "hearth/net/utf8.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "hearth/net/base64.hpp"

using namespace hearth::net;

namespace {

const std::vector<std::string> kValid{"",
                                      "plain",
                                      "\xc2\x80",
                                      "\xdf\xbf",
                                      "\xe0\xa0\x80",
                                      "\xec\xbf\xbf",
                                      "\xed\x9f\xbf",
                                      "\xee\x80\x80",
                                      "\xef\xbf\xbf",
                                      "\xf0\x90\x80\x80",
                                      "\xf1\x80\x80\x80",
                                      "\xf4\x8f\xbf\xbf",
                                      ("12345678\xc3\xa4"
                                       "12345678\xe2\x82\xac"
                                       "1234567\xf0\x9f\x8f\xa0"),
                                      std::string("\0", 1),
                                      "\x7f"};

const std::vector<std::string> kInvalid{"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc3\x28",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x80\x80\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "\xfe",
                                        "\xff",
                                        "\xe2\x82\x28",
                                        "\xe2\x28\xa1",
                                        "\xf0\x9f\x8f\x28",
                                        "1234567890\x80",
                                        "\xc3\xa4\xa4"};

const std::vector<std::string> kUnfinished{"\xc3",     "\xe2",         "\xe2\x82",    "\xf0",
                                           "\xf0\x9f", "\xf0\x9f\x8f", "12345678\xc3"};

}  // namespace

TEST_CASE("valid UTF-8 is valid however it is cut") {
  for (const auto& text : kValid) {
    CHECK(is_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      Utf8Checker checker;
      CHECK(checker.feed(std::string_view(text).substr(0, cut)));
      CHECK(checker.feed(std::string_view(text).substr(cut)));
      CHECK(checker.complete());
    }
  }
}

TEST_CASE("invalid UTF-8 is found wherever it is cut, and for good") {
  for (const auto& text : kInvalid) {
    CHECK_FALSE(is_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      Utf8Checker checker;
      const bool first = checker.feed(std::string_view(text).substr(0, cut));
      const bool second = checker.feed(std::string_view(text).substr(cut));
      CHECK_FALSE((first && second));
      CHECK_FALSE(checker.feed("fine"));
    }
  }
}

TEST_CASE("an unfinished character is neither wrong nor complete") {
  for (const auto& text : kUnfinished) {
    Utf8Checker checker;
    CHECK(checker.feed(text));
    CHECK_FALSE(checker.complete());
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("what can't become a character any more is refused before its last byte") {
  for (const auto* text : {"\xe0\x80", "\xed\xa0", "\xf0\x8f", "\xf4\x90", "\xf5", "\xc0"}) {
    Utf8Checker checker;
    CHECK_FALSE(checker.feed(text));
  }
}

TEST_CASE("Base64 is written and read back") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xfb\xff\xbf") == "+/+/");
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 100; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

TEST_CASE("what no encoder writes is not Base64") {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "Zg=v", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_",
                           "Zh==", "Zm9=", "Zm9vZg=x", "=Zg=", "Zm\xc3v"}) {
    INFO(text);
    CHECK_FALSE(from_base64(text).has_value());
  }
}
