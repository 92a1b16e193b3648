// The command line of hearthctl, taken apart.
#ifndef HEARTH_CORE_CONTROL_CTL_ARGUMENTS_HPP
#define HEARTH_CORE_CONTROL_CTL_ARGUMENTS_HPP

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core::ctl {

// An option of one command. `value` names what follows it in the help; empty: nothing does.
struct Option {
  std::string_view name;  // "--level"
  std::string_view value;
  std::string_view help;
};

// Which options a command has; null for a word that is no command of hearthctl's own: what it doesn't know
// then goes to the plugin.
using OptionsOf = const std::vector<Option>* (*)(std::string_view command);

struct Arguments {
  std::string runtime_dir;
  bool json = false;
  bool help = false;
  bool version = false;
  std::string command;                                      // empty: none
  std::vector<std::string> words;                           // behind it
  std::map<std::string, std::string, std::less<>> options;  // the command's own, with their values

  bool has(std::string_view option) const { return options.find(option) != options.end(); }
  std::string option(std::string_view name, const std::string& otherwise = {}) const {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
  }
};

// `args` without the program's name. --json, --help and --runtime-dir stand anywhere before a "--"; only what
// begins with two dashes is an option, so that numbers may be negative. kInvalid: an option that the command
// lacks, or one without its value.
Result<Arguments> parse_arguments(const std::vector<std::string>& args, OptionsOf options_of);

// HEARTH_RUNTIME_DIR or /run/hearth, unless the command line says otherwise.
std::string default_runtime_dir();

}  // namespace hearth::core::ctl

#endif
