// GpioLine: one output line of a GPIO chip, found by how people name it, held until it is dropped.
#ifndef HEARTH_DRIVERS_GPIO_LINE_HPP
#define HEARTH_DRIVERS_GPIO_LINE_HPP

#include <memory>
#include <string>

#include "hearth/status.hpp"

namespace hearth::drivers {

enum class GpioDrive { kPushPull, kOpenDrain, kOpenSource };

struct GpioRequest {
  // A path ("/dev/gpiochip0"), a name ("gpiochip0"), a number ("0") or a label ("pinctrl-bcm2711"). Empty:
  // every chip is searched, and `line` has to be a name.
  std::string chip;
  // Digits are an offset ("17"), anything else is the name that the board gives it ("STATUS_LED").
  std::string line;
  bool active_low = false;
  GpioDrive drive = GpioDrive::kPushPull;
  bool on = false;                  // what it is from the first moment
  std::string consumer = "hearth";  // who has it, as other programs are told; cut off after 31 bytes
};

// Where lines come from: the chips of this machine, or a test's. Everything: [one thread], a few system calls
// that don't wait.
class GpioLines {
 public:
  class Line {
   public:
    virtual ~Line() = default;
    // On is low where the line is active low. After kUnreachable it never works again: drop it, request anew.
    virtual Status set(bool on) = 0;
  };

  virtual ~GpioLines() = default;
  // Errors are whole sentences:
  //   kInvalid      no such line, a chip or line that two answer to, or a line that can't be such an output
  //   kUnreachable  no such chip, or one that was unplugged
  //   kBusy         somebody else has the line
  //   kDenied       no right to open the chip
  //   kFailed       anything else that the kernel says
  virtual Result<std::unique_ptr<Line>> request(const GpioRequest& request) = 0;
  // Where chips come and go as files "gpiochip...".
  virtual std::string folder() const = 0;
};

class GpioChip;

// A real one. Move-only.
class GpioLine : public GpioLines::Line {
 public:
  // As GpioLines::request(); `folder`: where the chips are.
  static Result<GpioLine> request(const GpioRequest& request, const std::string& folder = "/dev");

  GpioLine(GpioLine&&) noexcept;
  GpioLine& operator=(GpioLine&&) noexcept;
  // The line is free again; what it is then is up to the chip.
  ~GpioLine() override;

  Status set(bool on) override;

 private:
  explicit GpioLine(std::unique_ptr<GpioChip> chip);

  std::unique_ptr<GpioChip> chip_;
};

// Those of this machine.
std::unique_ptr<GpioLines> gpio_lines();

}  // namespace hearth::drivers

#endif
