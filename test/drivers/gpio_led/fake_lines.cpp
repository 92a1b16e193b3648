// The driver's chips are those of the test's FakeGpio.
#include "drivers/common/gpio_line.hpp"
#include "test/drivers/common/fake_gpio.hpp"

namespace hearth::drivers {
namespace {

class FakeLines : public GpioLines {
 public:
  Result<std::unique_ptr<Line>> request(const GpioRequest& request) override {
    auto line = GpioLine::request(request, folder());
    if (!line) return line.error();
    return std::unique_ptr<Line>(std::make_unique<GpioLine>(*std::move(line)));
  }
  std::string folder() const override { return test::FakeGpio::current()->folder().string(); }
};

}  // namespace

std::unique_ptr<GpioLines> gpio_lines() { return std::make_unique<FakeLines>(); }

}  // namespace hearth::drivers
