// Leaves a file behind when any of its code runs, the constructors that run while it is loaded included.
#include <cstdio>
#include <cstdlib>

#include "hearth/plugin.hpp"

namespace {

const bool marked = [] {
  const char* mark = std::getenv("HEARTH_TEST_MARK");
  if (std::FILE* file = mark ? std::fopen(mark, "w") : nullptr) std::fclose(file);
  return true;
}();

class Marker : public hearth::Plugin {
 public:
  using Plugin::Plugin;
};

}  // namespace

HEARTH_PLUGIN(Marker)
