// A driver whose device can't be switched.
#include "hearth/driver.hpp"

namespace {

class ApplyThrows : public hearth::Driver {
 public:
  using Driver::Driver;
  std::vector<hearth::Device> devices() override { return {{"lamp", "Broken lamp", {"on_off"}}}; }
  hearth::Value apply(const hearth::Command&) override { throw std::runtime_error("the relay is welded"); }
};

}  // namespace

HEARTH_PLUGIN(ApplyThrows)
