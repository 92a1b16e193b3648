// Words for configuration errors.
#include "core/config/config_error.hpp"

#include <fmt/format.h>

#include "core/config/key_path.hpp"
#include "core/log/one_line.hpp"

namespace hearth::config {
namespace {

constexpr std::size_t kLongestLine = 1024;

}  // namespace

Position position_of(const Positions& positions, std::string_view path, const Position& otherwise) {
  for (std::string at(path); !at.empty(); at = parent_path(at)) {
    if (const auto found = positions.find(at); found != positions.end()) return found->second;
  }
  return otherwise;
}

std::string to_string(const ConfigError& error) {
  std::string line = error.where.file;
  if (error.where.line > 0) line += fmt::format(":{}", error.where.line);
  if (error.where.column > 0) line += fmt::format(":{}", error.where.column);
  for (const std::string& part : {error.key, error.message}) {
    if (part.empty()) continue;
    if (!line.empty()) line += ": ";
    line += part;
  }
  return core::one_line(line, kLongestLine);
}

std::string to_string(const ConfigErrors& errors) {
  std::string lines;
  for (const ConfigError& error : errors) {
    if (!lines.empty()) lines += '\n';
    lines += to_string(error);
  }
  return lines;
}

}  // namespace hearth::config
