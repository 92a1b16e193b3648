// Presets: the brightness and colour that clients have given a light with its definition, for each time
// that it is switched on.
#ifndef HEARTH_ATHOME_PRESETS_HPP
#define HEARTH_ATHOME_PRESETS_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::athome {

struct Preset {
  std::optional<std::int64_t> brightness;  // percent
  std::string color;                       // "#RRGGBB" as it was given; empty: none

  bool operator==(const Preset&) const = default;
};

// By the device's number. Kept as bytes, 12 for each. [loop]
class Presets {
 public:
  static constexpr std::size_t kMost = 5000;  // such that they fit what a plugin may save

  Presets() = default;
  // Bytes that bytes() made; what else is read as far as it makes sense.
  explicit Presets(const std::vector<std::uint8_t>& bytes);

  // Null if there is none.
  const Preset* find(std::uint32_t device) const;
  // True if that was news. One without content is forgotten; past kMost nothing is added.
  bool set(std::uint32_t device, Preset preset);
  // Forgets those of devices for which `exists` is false.
  template <class Exists>
  void prune(Exists exists) {
    std::erase_if(presets_, [&](const auto& each) { return !exists(each.first); });
  }

  std::vector<std::uint8_t> bytes() const;

 private:
  std::map<std::uint32_t, Preset> presets_;
};

}  // namespace hearth::athome

#endif
