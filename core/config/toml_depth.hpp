// Finds TOML that is nested too deeply, before a parser builds a tree of it.
#ifndef HEARTH_CORE_CONFIG_TOML_DEPTH_HPP
#define HEARTH_CORE_CONFIG_TOML_DEPTH_HPP

#include <optional>
#include <string_view>

namespace hearth::config {

constexpr int kMaxDepth = 32;

// The line (from 1) on which brackets nest, or a dotted key goes, deeper than kMaxDepth. The parser limits
// brackets but not dotted keys: a.a.a... of a few hundred kilobytes would end in a tree whose destruction
// overflows the stack.
std::optional<int> too_deep_line(std::string_view toml);

}  // namespace hearth::config

#endif
