// Doesn't like what it is created with.
#include "hearth/plugin.hpp"

namespace {

class CreateThrows : public hearth::Plugin {
 public:
  explicit CreateThrows(hearth::Context& context) : Plugin(context) {
    throw std::runtime_error("there is no such chip");
  }
};

}  // namespace

HEARTH_PLUGIN(CreateThrows)
