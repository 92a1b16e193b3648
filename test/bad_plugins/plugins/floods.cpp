// Publishes as fast as it can, and never mind what is taken.
#include "hearth/plugin.hpp"

namespace {

class Floods : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    timer_ = ctx.loop.every(std::chrono::milliseconds(1), [this] {
      const hearth::StatusChanged status{"flood", hearth::StatusClass::kWarning, 0, "again"};
      for (int i = 0; i < 20'000; ++i) static_cast<void>(ctx.bus.publish(status));
    });
  }

 private:
  hearth::Handle timer_;
};

}  // namespace

HEARTH_PLUGIN(Floods)
