// A folder with configuration files for one test, removed with it.
#ifndef HEARTH_TEST_CORE_CONFIG_FOLDER_HPP
#define HEARTH_TEST_CORE_CONFIG_FOLDER_HPP

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/config/load.hpp"

namespace hearth::config {

class Folder {
 public:
  Folder() {
    std::string path =
        (std::filesystem::temp_directory_path() / "hearth-config-").string() + std::string(6, 'X');
    path_ = mkdtemp(path.data());
    zones_ = {path_ / "localtime", path_ / "zoneinfo"};
    write("zoneinfo/Europe/Berlin", "TZif2");
    write("zoneinfo/notes.txt", "not a zone");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

  std::filesystem::path path() const { return path_; }
  std::filesystem::path main_file() const { return path_ / "hearth.toml"; }
  Checked<Configuration> load() const { return config::load(main_file(), zones_); }

  Checked<Configuration> load(std::string_view text) const {
    write("hearth.toml", text);
    return load();
  }

 private:
  std::filesystem::path path_;
  ZoneFiles zones_;
};

inline std::string words(const Checked<Configuration>& loaded) {
  return loaded ? "ok" : to_string(loaded.errors());
}

}  // namespace hearth::config

#endif
