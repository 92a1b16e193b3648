// Lets an exception out of a thread of its own.
#include <stdexcept>
#include <thread>

#include "hearth/plugin.hpp"

namespace {

class ThreadThrows : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    thread_ = std::thread([] { throw std::runtime_error("nobody catches this"); });
  }
  void stop() override { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace

HEARTH_PLUGIN(ThreadThrows)
