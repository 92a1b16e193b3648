// HSV and RGB (A. R. Smith, Color gamut transform pairs, 1978) with V = 1.
#include "color.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace hearth::athome {

std::optional<Color> parse_color(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  unsigned rgb = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rgb, 16);
  if (text.size() != 6 || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const double red = rgb >> 16, green = rgb >> 8 & 255, blue = rgb & 255;
  const double most = std::max({red, green, blue}), spread = most - std::min({red, green, blue});
  if (spread == 0) return Color{0, 0};
  double sixth = 0;
  if (most == red) {
    sixth = std::fmod((green - blue) / spread + 6, 6);
  } else if (most == green) {
    sixth = (blue - red) / spread + 2;
  } else {
    sixth = (red - green) / spread + 4;
  }
  return Color{sixth * 60, spread / most * 100};
}

std::string to_hex(const Color& color) {
  const double saturation = std::clamp(color.saturation, 0.0, 100.0) / 100;
  std::string text = "#";
  // Each part is a trapezoid over the circle of hues, a third of it away from the next.
  for (const double turn : {5.0, 3.0, 1.0}) {
    const double k = std::fmod(turn + std::fmod(color.hue, 360.0) / 60 + 6, 6);
    const double part = 1 - saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned>(std::lround(part * 255));
    text += kHex[byte >> 4 & 15];
    text += kHex[byte & 15];
  }
  return text;
}

}  // namespace hearth::athome
