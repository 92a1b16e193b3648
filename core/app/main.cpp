// hearthd.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "core/app/server.hpp"

namespace {

// Shells and units give 1,024 to programs that can't live with more, for the sake of select(2), which nothing
// here uses; thousands of clients need more.
void raise_descriptor_limit() {
  constexpr rlim_t kEnough = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
  limit.rlim_cur = std::min(kEnough, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = hearth::core::parse_options({argv + 1, argv + argc});
  if (!options.ok()) {
    fmt::print(stderr, "hearthd: {}\nhearthd --help tells what there is\n", options.error().words);
    return 2;
  }
  if (options->help) {
    fmt::print("{}", hearth::core::options_help());
    return 0;
  }
  if (options->version) {
    fmt::print("hearthd {}\n", HEARTH_VERSION);
    return 0;
  }
  if (options->check) return hearth::core::Server::check(*options);
  raise_descriptor_limit();
  return hearth::core::Server(*options).run();
}
