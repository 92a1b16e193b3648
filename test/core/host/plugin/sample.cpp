// Does nothing, but notes its volume; it is superstitious.
#include "hearth/plugin.hpp"

namespace {

class Sample : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    const auto volume = ctx.config.integer("volume");
    if (volume == 13) throw std::runtime_error("13 brings bad luck");
    ctx.note("volume", std::to_string(volume));
  }
};

}  // namespace

HEARTH_PLUGIN(Sample)
