// hearthd.
#include <fmt/format.h>

#include "core/app/server.hpp"

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
  return hearth::core::Server(*options).run();
}
