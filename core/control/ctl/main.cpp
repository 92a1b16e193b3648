// hearthctl: talks to a running hearthd.
#include <cstdio>
#include <exception>

#include "core/control/ctl/commands.hpp"

namespace {

using namespace hearth::core::ctl;

int run(Ctl& ctl) {
  const auto& args = ctl.args();
  if (args.version) {
    ctl.print("hearthctl " HEARTH_VERSION "\n");
    return kOk;
  }
  if (args.command.empty()) {
    ctl.print(overview());
    return args.help ? kOk : kUsage;
  }
  const auto* command = find_command(args.command);
  if (!command) return run_verb(ctl);
  if (args.help) {
    ctl.print(help_of(*command));
    return kOk;
  }
  return command->run(ctl);
}

}  // namespace

int main(int argc, char** argv) try {
  auto args = parse_arguments({argv + 1, argv + argc}, options_of);
  if (!args.ok()) {
    std::fprintf(stderr, "hearthctl: %s\n", args.error().words.c_str());
    return kUsage;
  }
  Ctl ctl(std::move(*args));
  const int status = run(ctl);
  // A full disk or a closed pipe: what was printed isn't there.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    return ctl.fail(kRefused, "cannot write the output");
  return status;
} catch (const std::exception& e) {
  // What the server said doesn't have the shape that this program expects.
  std::fprintf(stderr, "hearthctl: %s\n", e.what());
  return kUsage;
}
