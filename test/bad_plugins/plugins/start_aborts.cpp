// Aborts in start.
#include <cstdlib>

#include "hearth/plugin.hpp"

namespace {

class StartAborts : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override { std::abort(); }
};

}  // namespace

HEARTH_PLUGIN(StartAborts)
