// Never comes back from stop.
#include <unistd.h>

#include "hearth/plugin.hpp"

namespace {

class StopHangs : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void stop() override {
    while (true) pause();
  }
};

}  // namespace

HEARTH_PLUGIN(StopHangs)
