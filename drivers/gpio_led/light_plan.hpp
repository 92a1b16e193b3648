// LightPlan: one [[plugin.gpio_led.device]] as it was configured, checked.
#ifndef HEARTH_DRIVERS_GPIO_LED_LIGHT_PLAN_HPP
#define HEARTH_DRIVERS_GPIO_LED_LIGHT_PLAN_HPP

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gpio_line.hpp"
#include "hearth/config.hpp"
#include "hearth/messages.hpp"

namespace gpio_led {

enum class AtExit { kOff, kOn, kKeep };

struct LightPlan {
  std::string id, name, location;
  std::string address;                              // its lines, for people: "leds:red"
  std::vector<hearth::drivers::GpioRequest> lines;  // one; or red, green and blue
  bool on_at_start = false;
  AtExit at_exit = AtExit::kOff;
  std::string shows;                               // the subject of a status; empty: none
  std::optional<hearth::StatusClass> shows_class;  // none: each has its pattern
  std::chrono::milliseconds on{500}, off{500};     // of the pattern custom
};

// Throws std::runtime_error, in words, for what the schema can't check.
std::vector<LightPlan> light_plans(const hearth::Config& config);

}  // namespace gpio_led

#endif
