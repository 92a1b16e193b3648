// Never comes back from start, and uses a processor for it.
#include <thread>

#include "hearth/plugin.hpp"

namespace {

class StartSpins : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    for (volatile bool forever = true; forever;) std::this_thread::yield();
  }
};

}  // namespace

HEARTH_PLUGIN(StartSpins)
