// Every hue becomes the nearest of six, and pale ones white.
#include "drivers/gpio_led/rgb.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using gpio_led::channels_of;
using gpio_led::color_of;
using gpio_led::kBlue;
using gpio_led::kGreen;
using gpio_led::kRed;
using gpio_led::kWhite;
using hearth::Color;

TEST_CASE("a hue becomes the nearest of six") {
  CHECK(channels_of({0, 100}) == kRed);
  CHECK(channels_of({29, 100}) == kRed);
  CHECK(channels_of({31, 100}) == (kRed | kGreen));
  CHECK(channels_of({120, 100}) == kGreen);
  CHECK(channels_of({175, 100}) == (kGreen | kBlue));
  CHECK(channels_of({240, 100}) == kBlue);
  CHECK(channels_of({300, 100}) == (kRed | kBlue));
  CHECK(channels_of({331, 100}) == kRed);
  CHECK(channels_of({360, 100}) == kRed);
}

TEST_CASE("a pale colour is white, and so is one that can't be") {
  CHECK(channels_of({120, 49}) == kWhite);
  CHECK(channels_of({120, 50}) == kGreen);
  CHECK(channels_of({120, std::nan("")}) == kWhite);
  CHECK(channels_of({1e300, 100}) == kRed);
  CHECK(channels_of({-1e300, 100}) == kRed);
}

TEST_CASE("the colour of each of the seven leads back to it") {
  for (unsigned channels = 1; channels <= kWhite; ++channels)
    CHECK(channels_of(color_of(channels)) == channels);
}
