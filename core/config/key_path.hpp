// Dotted paths of keys as people write them: plugin.lights.device[0].host
#ifndef HEARTH_CORE_CONFIG_KEY_PATH_HPP
#define HEARTH_CORE_CONFIG_KEY_PATH_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::config {

// `parent` may be empty. A key that isn't a bare one of TOML is quoted.
std::string child_path(std::string_view parent, std::string_view key);
std::string item_path(std::string_view parent, std::size_t index);
// The path without its last key or index; empty for a single key.
std::string parent_path(std::string_view path);

// The known key that a person most likely meant: at most two letters away, or one begins with the other.
std::optional<std::string> nearest_key(std::string_view unknown, const std::vector<std::string>& known);

}  // namespace hearth::config

#endif
