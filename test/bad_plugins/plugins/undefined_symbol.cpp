// Calls what nobody has.
#include "hearth/plugin.hpp"

extern "C" void a_function_that_nobody_has();

namespace {

class Undefined : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override { a_function_that_nobody_has(); }
};

}  // namespace

HEARTH_PLUGIN(Undefined)
