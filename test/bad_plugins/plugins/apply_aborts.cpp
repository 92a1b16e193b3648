// A driver that aborts when its lamp is switched.
#include <cstdlib>

#include "hearth/driver.hpp"

namespace {

class ApplyAborts : public hearth::Driver {
 public:
  using Driver::Driver;
  std::vector<hearth::Device> devices() override { return {{"lamp", "Fatal lamp", {"on_off"}}}; }
  hearth::Value apply(const hearth::Command&) override { std::abort(); }
};

}  // namespace

HEARTH_PLUGIN(ApplyAborts)
