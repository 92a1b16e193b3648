// Finds and reads the files of a configuration.
#ifndef HEARTH_CORE_CONFIG_SOURCE_FILE_HPP
#define HEARTH_CORE_CONFIG_SOURCE_FILE_HPP

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/config/config_error.hpp"

namespace hearth::config {

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr std::size_t kMaxFiles = 256;

struct SourceFile {
  std::string name;  // as it stands in errors: "hearth.toml", "conf.d/10-lamps.toml"
  std::string text;
};

// The main file, then conf.d/*.toml beside it in the order of their bytes; hidden files are left out. An
// error for each file that is not there, not a regular file, unreadable, or larger than kMaxFileBytes.
Checked<std::vector<SourceFile>> read_files(const std::filesystem::path& main_file);

}  // namespace hearth::config

#endif
