// Capability: one thing that a device can show or do, and the common vocabulary of them.
#ifndef HEARTH_CAPABILITY_HPP
#define HEARTH_CAPABILITY_HPP

#include <array>
#include <string>
#include <string_view>

#include "hearth/value.hpp"

namespace hearth {

struct CapabilityInfo {
  std::string_view name;
  ValueType type;
  std::string_view unit;
  double min, max;  // equal: no range
  bool writable;
};

// The same as schemas/capabilities.json; a test holds the two equal.
inline constexpr std::array kVocabulary{
    CapabilityInfo{"on_off", ValueType::kBool, "", 0, 0, true},
    CapabilityInfo{"brightness", ValueType::kInteger, "%", 0, 100, true},
    CapabilityInfo{"color", ValueType::kColor, "", 0, 0, true},
    CapabilityInfo{"color_temperature", ValueType::kInteger, "K", 1000, 20000, true},
    CapabilityInfo{"power", ValueType::kNumber, "W", -100000, 100000, false},
    CapabilityInfo{"energy", ValueType::kNumber, "Wh", 0, 1e12, false},
    CapabilityInfo{"voltage", ValueType::kNumber, "V", -1500, 1500, false},
    CapabilityInfo{"current", ValueType::kNumber, "A", -1000, 1000, false},
    CapabilityInfo{"signal", ValueType::kInteger, "dBm", -150, 30, false},
    CapabilityInfo{"temperature", ValueType::kNumber, "°C", -273.15, 2000, false},
    CapabilityInfo{"humidity", ValueType::kNumber, "%", 0, 100, false},
    CapabilityInfo{"motion", ValueType::kBool, "", 0, 0, false},
    CapabilityInfo{"contact", ValueType::kBool, "", 0, 0, false},
    CapabilityInfo{"position", ValueType::kInteger, "%", 0, 100, true},
    CapabilityInfo{"battery", ValueType::kInteger, "%", 0, 100, false},
    CapabilityInfo{"pattern", ValueType::kText, "", 0, 0, true},
    CapabilityInfo{"command", ValueType::kText, "", 0, 0, true},
    CapabilityInfo{"payload", ValueType::kText, "", 0, 0, true},
};

// The vocabulary's entry, or null.
constexpr const CapabilityInfo* find_capability(std::string_view name) {
  for (const auto& info : kVocabulary)
    if (info.name == name) return &info;
  return nullptr;
}

// What a device offers under one name. From the vocabulary it is enough to write the name: `{"on_off"}`. A
// range may be narrowed: `Capability("color_temperature").range(2500, 9000)`. One of your own is named
// "vendor.name" and spelled out.
struct Capability {
  std::string name;
  ValueType type = ValueType::kNone;
  std::string unit;
  double min = 0, max = 0;  // equal: no range; for text: none
  bool writable = false;

  Capability() = default;
  // From the vocabulary; an unknown name keeps type none and home refuses the device with words.
  Capability(const char* known) : Capability(std::string_view(known)) {}
  Capability(std::string_view known) : name(known) {
    if (const auto* info = find_capability(known)) {
      type = info->type;
      unit = info->unit;
      min = info->min;
      max = info->max;
      writable = info->writable;
    }
  }
  Capability(std::string own, ValueType value_type, std::string value_unit = {}, bool is_writable = false)
      : name(std::move(own)), type(value_type), unit(std::move(value_unit)), writable(is_writable) {}

  Capability& range(double from, double to) & {
    min = from;
    max = to;
    return *this;
  }
  Capability&& range(double from, double to) && { return std::move(range(from, to)); }
  Capability&& read_only() && {
    writable = false;
    return std::move(*this);
  }

  bool has_range() const { return min != max; }
  bool operator==(const Capability&) const = default;
};

}  // namespace hearth

#endif
