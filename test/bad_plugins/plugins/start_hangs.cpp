// Never comes back from start.
#include <unistd.h>

#include "hearth/plugin.hpp"

namespace {

class StartHangs : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    while (true) pause();
  }
};

}  // namespace

HEARTH_PLUGIN(StartHangs)
