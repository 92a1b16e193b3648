// Takes its time in the constructor.
#include <ctime>

#include "hearth/plugin.hpp"

namespace {

class CreateHangs : public hearth::Plugin {
 public:
  explicit CreateHangs(hearth::Context& context) : Plugin(context) {
    const timespec ten_seconds{10, 0};
    nanosleep(&ten_seconds, nullptr);
  }
};

}  // namespace

HEARTH_PLUGIN(CreateHangs)
