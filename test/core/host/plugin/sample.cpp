// Does nothing, but notes its volume and declares a bell; it is superstitious.
#include <fstream>

#include "hearth/plugin.hpp"

namespace {

class Sample : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    const auto volume = ctx.config.integer("volume");
    if (volume == 19) std::ifstream(ctx.state_dir / "wait").get();  // a FIFO: until somebody opens it, too
    if (volume == 13) throw std::runtime_error("13 brings bad luck");
    ctx.note("volume", std::to_string(volume));
    hearth::DeviceDeclared bell;
    bell.device = ctx.id + ":bell";
    bell.name = "Bell";
    bell.kind = "light";
    bell.capabilities = {"on_off"};
    if (const auto sent = ctx.bus.publish(bell); !sent.ok()) throw std::runtime_error(sent.error().words);
  }
};

}  // namespace

HEARTH_PLUGIN(Sample)
