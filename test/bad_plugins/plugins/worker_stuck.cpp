// A driver whose worker never comes back, whatever interrupt says.
#include <unistd.h>

#include "hearth/driver.hpp"

namespace {

class WorkerStuck : public hearth::Driver {
 public:
  using Driver::Driver;
  void start() override {
    ctx.loop.work(
        1,
        [] {
          while (true) pause();
        },
        [](const hearth::Status&) {});
  }
};

}  // namespace

HEARTH_PLUGIN(WorkerStuck)
