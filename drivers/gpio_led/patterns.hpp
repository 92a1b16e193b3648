// Patterns: how a light blinks, by name, as times of on and off.
#ifndef HEARTH_DRIVERS_GPIO_LED_PATTERNS_HPP
#define HEARTH_DRIVERS_GPIO_LED_PATTERNS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpio_led {

inline constexpr std::string_view kDark = "none", kSteady = "steady";

struct Rhythm {
  bool lit = false;  // at first, and for ever when there are no times
  // On, off, on, off ...: an even number of them, none 0, and then from the first again.
  std::vector<std::chrono::microseconds> times = {};
};

// "none", "steady", "blink", "slow", "fast", "double", "heartbeat", "custom" (on and off as given). Nothing
// for another word.
std::optional<Rhythm> rhythm_of(std::string_view pattern, std::chrono::milliseconds custom_on,
                                std::chrono::milliseconds custom_off);

// All of them, for a sentence.
std::string pattern_names();

}  // namespace gpio_led

#endif
