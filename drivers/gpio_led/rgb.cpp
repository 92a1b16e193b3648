// The circle of six hues, 60 degrees apart.
#include "rgb.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gpio_led {
namespace {

constexpr std::array kCircle = {kRed, kRed | kGreen, kGreen, kGreen | kBlue, kBlue, kRed | kBlue};
constexpr double kStep = 60, kPale = 50;

}  // namespace

Channels channels_of(const hearth::Color& color) {
  if (!(color.saturation >= kPale)) return kWhite;
  const auto place = std::lround(std::clamp(color.hue, 0.0, 360.0) / kStep);
  return kCircle[static_cast<std::size_t>(place) % kCircle.size()];
}

hearth::Color color_of(Channels channels) {
  const auto* found = std::find(kCircle.begin(), kCircle.end(), channels);
  if (found == kCircle.end()) return {0, 0};
  return {kStep * static_cast<double>(found - kCircle.begin()), 100};
}

}  // namespace gpio_led
