// Bounded reading of hearth.toml and conf.d.
#include "core/config/source_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/system/unique_fd.hpp"

namespace hearth::config {
namespace {

namespace fs = std::filesystem;

std::string words_of(int error) { return std::generic_category().message(error); }

// Non-blocking, so that a FIFO in conf.d can't hold the start up.
Result<std::string> read_text(const fs::path& path) {
  const core::UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return {ErrorCode::kInvalid, fmt::format("can't be opened: {}", words_of(errno))};
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return {ErrorCode::kInvalid, "is not a regular file"};
  }
  std::string text(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return {ErrorCode::kInvalid, fmt::format("can't be read: {}", words_of(errno))};
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kMaxFileBytes) {
    return {ErrorCode::kInvalid, fmt::format("is larger than {} KiB", kMaxFileBytes / 1024)};
  }
  text.resize(size);
  return text;
}

Checked<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entry(folder, failure);
  if (failure == std::errc::no_such_file_or_directory) return names;
  for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
    std::string name = entry->path().filename().string();
    if (name.ends_with(".toml") && !name.starts_with('.')) names.push_back(std::move(name));
  }
  if (failure) {
    return ConfigError{{"conf.d"}, "", fmt::format("can't be read: {}", failure.message()), ""};
  }
  if (names.size() > kMaxFiles) {
    return ConfigError{{"conf.d"}, "", fmt::format("holds more than {} files", kMaxFiles), ""};
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Checked<std::vector<SourceFile>> read_files(const fs::path& main_file) {
  Result<std::string> main_text = read_text(main_file);
  // The only error with the whole path: it is the path that is wrong.
  if (!main_text) return ConfigError{{main_file.string()}, "", main_text.error().words, ""};

  std::vector<SourceFile> files{{main_file.filename().string(), *std::move(main_text)}};
  const fs::path folder = main_file.parent_path() / "conf.d";
  const Checked<std::vector<std::string>> names = names_in(folder);
  if (!names) return names.errors();
  ConfigErrors errors;
  for (const std::string& name : *names) {
    Result<std::string> text = read_text(folder / name);
    if (text) {
      files.push_back({"conf.d/" + name, *std::move(text)});
    } else {
      errors.push_back({{"conf.d/" + name}, "", text.error().words, ""});
    }
  }
  if (!errors.empty()) return errors;
  return files;
}

}  // namespace hearth::config
