// Ends the process, politely.
#include <cstdlib>

#include "hearth/plugin.hpp"

namespace {

class StartExits : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override { std::exit(0); }
};

}  // namespace

HEARTH_PLUGIN(StartExits)
