// GpioChip: an open chip and the one line of it that is held: all that differs between libgpiod 1.6 and 2.x.
#ifndef HEARTH_DRIVERS_GPIO_LINE_CHIP_HPP
#define HEARTH_DRIVERS_GPIO_LINE_CHIP_HPP

#include <memory>
#include <string>

#include "gpio_line.hpp"

namespace hearth::drivers {

// Functions that return an int: 0, or the error number. What they return as text comes from the kernel.
class GpioChip {
 public:
  // Null: errno says why; ENOTTY or ENODEV for a file that is no chip.
  static std::unique_ptr<GpioChip> open(const std::string& path);
  GpioChip(const GpioChip&) = delete;
  GpioChip& operator=(const GpioChip&) = delete;
  ~GpioChip();

  std::string name() const;  // "gpiochip0", whatever the path was
  std::string label() const;
  unsigned size() const;  // lines
  // Empty: it has none.
  std::string line_name(unsigned offset) const;
  std::string consumer(unsigned offset) const;

  // Takes the line as an output. Once.
  int take(unsigned offset, const GpioRequest& request);
  int set(bool on);

 private:
  struct Handles;
  explicit GpioChip(std::unique_ptr<Handles> handles);

  std::unique_ptr<Handles> handles_;
};

}  // namespace hearth::drivers

#endif
