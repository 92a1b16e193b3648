// What is wrong with a configuration, where, and what was expected.
#ifndef HEARTH_CORE_CONFIG_CONFIG_ERROR_HPP
#define HEARTH_CORE_CONFIG_CONFIG_ERROR_HPP

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::config {

// Where a key stands. `file` is relative to the folder of the main file: "hearth.toml",
// "conf.d/10-lamps.toml".
struct Position {
  std::string file;
  int line = 0;    // from 1; 0: no line in particular
  int column = 0;  // from 1; 0: none in particular
};

// Of each key and list item, by its path ("plugin.lights.device[0].host").
using Positions = std::map<std::string, Position, std::less<>>;

// The position of the path, or of the nearest thing around it, or `otherwise`.
Position position_of(const Positions& positions, std::string_view path, const Position& otherwise);

struct ConfigError {
  Position where;
  std::string key;          // dotted path; empty: the file as a whole
  std::string message;      // what was expected; never quotes a value, which may be a secret or a coordinate
  std::string plugin = {};  // id of the plugin that alone is concerned; empty: the whole configuration is
};

using ConfigErrors = std::vector<ConfigError>;

// One line: "hearth.toml:12: plugin.remote.listn: unknown key, did you mean 'listen'?"
std::string to_string(const ConfigError& error);
// A line for each.
std::string to_string(const ConfigErrors& errors);

// A T, or at least one error. Spelled like Result<T>.
template <class T>
class [[nodiscard]] Checked {
 public:
  Checked(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Checked(ConfigErrors errors) : content_(std::in_place_index<1>, std::move(errors)) {}
  Checked(ConfigError error) : Checked(ConfigErrors{std::move(error)}) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& value() & { return *std::get_if<0>(&content_); }
  const T& value() const& { return *std::get_if<0>(&content_); }
  T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return std::get_if<0>(&content_); }
  const T* operator->() const { return std::get_if<0>(&content_); }

  // Only when !ok().
  const ConfigErrors& errors() const { return *std::get_if<1>(&content_); }
  Error error() const { return {ErrorCode::kInvalid, to_string(errors())}; }

 private:
  std::variant<T, ConfigErrors> content_;
};

}  // namespace hearth::config

#endif
