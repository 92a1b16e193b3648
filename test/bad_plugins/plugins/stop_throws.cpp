// Objects to being stopped.
#include "hearth/plugin.hpp"

namespace {

class StopThrows : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void stop() override { throw std::runtime_error("I would rather not"); }
};

}  // namespace

HEARTH_PLUGIN(StopThrows)
