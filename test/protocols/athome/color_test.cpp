// Hue and saturation against #RRGGBB.
#include "protocols/athome/color.hpp"

#include <catch2/catch.hpp>

using hearth::athome::parse_color;
using hearth::athome::to_hex;

TEST_CASE("a colour of full brightness survives the way there and back") {
  for (const auto* hex : {"#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#ffffff",
                          "#ff8000", "#80ff40", "#4080ff", "#ff0180", "#fffefd"}) {
    INFO(hex);
    REQUIRE(parse_color(hex));
    CHECK(to_hex(*parse_color(hex)) == hex);
  }
}

TEST_CASE("hue is in degrees and saturation in percent") {
  CHECK(parse_color("#00FF00")->hue == Approx(120));
  CHECK(parse_color("8080ff")->saturation == Approx(49.8).margin(0.05));
  CHECK(parse_color("#000000")->saturation == 0);
}

TEST_CASE("what is no colour is none") {
  for (const auto* text : {"", "#", "#fff", "#gggggg", "red", "#ff00000", "#-12345", "#+12345", "##12345"}) {
    INFO(text);
    CHECK_FALSE(parse_color(text));
  }
}
