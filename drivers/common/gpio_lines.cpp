// The lines of this machine's chips. On its own, so that tests can put other chips in its place.
#include "gpio_line.hpp"

namespace hearth::drivers {
namespace {

class OwnLines : public GpioLines {
 public:
  Result<std::unique_ptr<Line>> request(const GpioRequest& request) override {
    auto line = GpioLine::request(request);
    if (!line) return line.error();
    return std::unique_ptr<Line>(std::make_unique<GpioLine>(*std::move(line)));
  }
  std::string folder() const override { return "/dev"; }
};

}  // namespace

std::unique_ptr<GpioLines> gpio_lines() { return std::make_unique<OwnLines>(); }

}  // namespace hearth::drivers
