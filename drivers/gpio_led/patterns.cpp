// The table of patterns.
#include "patterns.hpp"

#include <iterator>

namespace gpio_led {
namespace {

struct Named {
  std::string_view name;
  std::vector<std::chrono::microseconds> times;
};

const std::vector<Named>& table() {
  using std::chrono_literals::operator""ms;
  static const std::vector<Named> patterns = {
      {"blink", {500ms, 500ms}},
      {"slow", {1000ms, 1000ms}},
      {"fast", {100ms, 100ms}},
      {"double", {150ms, 150ms, 150ms, 1050ms}},
      {"heartbeat", {70ms, 210ms, 70ms, 850ms}},
  };
  return patterns;
}

}  // namespace

std::optional<Rhythm> rhythm_of(std::string_view pattern, std::chrono::milliseconds custom_on,
                                std::chrono::milliseconds custom_off) {
  if (pattern == kDark) return Rhythm{false};
  if (pattern == kSteady) return Rhythm{true};
  if (pattern == "custom") return Rhythm{true, {custom_on, custom_off}};
  for (const auto& [name, times] : table())
    if (name == pattern) return Rhythm{true, times};
  return {};
}

std::string pattern_names() {
  std::string names = std::string(kDark) + ", " + std::string(kSteady);
  for (const auto& pattern : table()) names += ", " + std::string(pattern.name);
  return names + ", custom";
}

}  // namespace gpio_led
