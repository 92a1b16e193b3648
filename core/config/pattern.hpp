// Regular expressions out of a plugin's schema: bounded before they are compiled.
#ifndef HEARTH_CORE_CONFIG_PATTERN_HPP
#define HEARTH_CORE_CONFIG_PATTERN_HPP

#include <cstddef>
#include <regex>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::config {

// How many states the pattern's automaton has, roughly. An error when it is long, deep, grows past a few
// hundred states by its counts ("(a{99}){99}"), or uses what can't be matched in linear time or not be
// measured: looking ahead, and '[' or nothing in a class of characters.
Result<std::size_t> pattern_weight(std::string_view pattern);

// Matches in time states * length, whatever the pattern: the usual matcher goes back and may take for ever,
// and overflows the stack on a long text. `pattern` has a weight.
Result<std::regex> compile_pattern(const std::string& pattern);

}  // namespace hearth::config

#endif
