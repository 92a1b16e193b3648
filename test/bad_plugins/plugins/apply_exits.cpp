// A driver that ends the process when its lamp is switched.
#include <cstdlib>

#include "hearth/driver.hpp"

namespace {

class ApplyExits : public hearth::Driver {
 public:
  using Driver::Driver;
  std::vector<hearth::Device> devices() override { return {{"lamp", "Last lamp", {"on_off"}}}; }
  hearth::Value apply(const hearth::Command&) override { std::_Exit(7); }
};

}  // namespace

HEARTH_PLUGIN(ApplyExits)
