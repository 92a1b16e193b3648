// Closes descriptors that it never opened.
#include <unistd.h>

#include "hearth/plugin.hpp"

namespace {

class ClosesDescriptors : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    timer_ = ctx.loop.after(std::chrono::milliseconds(50), [] {
      for (int fd = 3; fd < 1024; ++fd) ::close(fd);
    });
  }

 private:
  hearth::Handle timer_;
};

}  // namespace

HEARTH_PLUGIN(ClosesDescriptors)
