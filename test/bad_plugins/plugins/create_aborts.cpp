// Aborts while it is created.
#include <cstdlib>

#include "hearth/plugin.hpp"

namespace {

class CreateAborts : public hearth::Plugin {
 public:
  explicit CreateAborts(hearth::Context& context) : Plugin(context) { std::abort(); }
};

}  // namespace

HEARTH_PLUGIN(CreateAborts)
