// The command line of hearthd.
#ifndef HEARTH_CORE_APP_OPTIONS_HPP
#define HEARTH_CORE_APP_OPTIONS_HPP

#include <filesystem>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

struct Options {
  std::filesystem::path config = "/etc/hearth/hearth.toml";
  std::filesystem::path state_dir = "/var/lib/hearth";
  std::filesystem::path runtime_dir = "/run/hearth";
  std::vector<std::filesystem::path> plugin_dirs;  // empty: the packaged one
  std::string log_level = "info";
  bool check = false;
  bool help = false;
  bool version = false;

  // What counts as packaged, and what is local.
  std::vector<std::filesystem::path> packaged() const;
  std::vector<std::filesystem::path> local() const;
};

// `arguments` without the program's name.
Result<Options> parse_options(const std::vector<std::string>& arguments);

// For --help.
std::string options_help();

}  // namespace hearth::core

#endif
