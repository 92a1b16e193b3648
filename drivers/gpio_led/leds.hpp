// Leds: the lines of one light, all of them or none.
#ifndef HEARTH_DRIVERS_GPIO_LED_LEDS_HPP
#define HEARTH_DRIVERS_GPIO_LED_LEDS_HPP

#include <memory>
#include <vector>

#include "gpio_line.hpp"

namespace gpio_led {

using Channels = unsigned;  // bit n: line n is on

// Everything: [loop].
class Leds {
 public:
  // `from` outlives it.
  Leds(std::vector<hearth::drivers::GpioRequest> wanted, hearth::drivers::GpioLines& from)
      : wanted_(std::move(wanted)), from_(from) {}

  // The first line that can't be had says why, and then none is held.
  hearth::Status open(Channels lit);
  bool is_open() const { return !lines_.empty(); }
  // A failure closes them: what is wrong with a line doesn't mend by itself.
  hearth::Status set(Channels lit);
  void close() { lines_.clear(); }

  // With every line on.
  Channels all() const { return (1U << wanted_.size()) - 1; }

 private:
  std::vector<hearth::drivers::GpioRequest> wanted_;
  hearth::drivers::GpioLines& from_;
  std::vector<std::unique_ptr<hearth::drivers::GpioLines::Line>> lines_;
};

}  // namespace gpio_led

#endif
