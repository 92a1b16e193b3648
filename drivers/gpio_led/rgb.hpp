// Rgb: the seven colours of a light of three lines that are each on or off.
#ifndef HEARTH_DRIVERS_GPIO_LED_RGB_HPP
#define HEARTH_DRIVERS_GPIO_LED_RGB_HPP

#include "hearth/value.hpp"
#include "leds.hpp"

namespace gpio_led {

inline constexpr Channels kRed = 1, kGreen = 2, kBlue = 4, kWhite = kRed | kGreen | kBlue;

// The nearest: white below half the saturation, otherwise red, yellow, green, cyan, blue or magenta.
Channels channels_of(const hearth::Color& color);

// The colour that these show; white for none.
hearth::Color color_of(Channels channels);

}  // namespace gpio_led

#endif
