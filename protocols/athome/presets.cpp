// Four bytes of number, one of brightness, seven of colour; each little-endian or as text.
#include "presets.hpp"

#include "color.hpp"

namespace hearth::athome {

namespace {

constexpr std::size_t kSize = 12, kColorSize = 7;
constexpr std::uint8_t kNoBrightness = 255;

}  // namespace

Presets::Presets(const std::vector<std::uint8_t>& bytes) {
  for (std::size_t at = 0; at + kSize <= bytes.size() && presets_.size() < kMost; at += kSize) {
    const auto* p = bytes.data() + at;
    const auto number = std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 |
                        std::uint32_t{p[3]} << 24;
    Preset preset;
    if (p[4] <= 100) preset.brightness = p[4];
    const std::string color(p + 5, p + 5 + kColorSize);
    if (parse_color(color)) preset.color = color;
    if (preset != Preset()) presets_[number] = preset;
  }
}

const Preset* Presets::find(std::uint32_t device) const {
  const auto preset = presets_.find(device);
  return preset == presets_.end() ? nullptr : &preset->second;
}

bool Presets::set(std::uint32_t device, Preset preset) {
  const auto* before = find(device);
  if (preset == (before ? *before : Preset())) return false;
  if (preset == Preset()) {
    presets_.erase(device);
  } else if (before || presets_.size() < kMost) {
    presets_[device] = std::move(preset);
  } else {
    return false;
  }
  return true;
}

std::vector<std::uint8_t> Presets::bytes() const {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(presets_.size() * kSize);
  for (const auto& [number, preset] : presets_) {
    for (const int shift : {0, 8, 16, 24}) bytes.push_back(static_cast<std::uint8_t>(number >> shift & 255));
    bytes.push_back(preset.brightness ? static_cast<std::uint8_t>(*preset.brightness) : kNoBrightness);
    auto color = preset.color;
    color.resize(kColorSize, ' ');
    bytes.insert(bytes.end(), color.begin(), color.end());
  }
  return bytes;
}

}  // namespace hearth::athome
