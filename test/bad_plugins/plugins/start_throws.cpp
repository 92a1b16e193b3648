// Finds its port taken.
#include "hearth/plugin.hpp"

namespace {

class StartThrows : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override { throw std::runtime_error("port 7 is taken"); }
};

}  // namespace

HEARTH_PLUGIN(StartThrows)
