// The known word that somebody most likely meant.
#ifndef HEARTH_CORE_CONTROL_NEAREST_HPP
#define HEARTH_CORE_CONTROL_NEAREST_HPP

#include <string>
#include <string_view>
#include <vector>

namespace hearth::core {

// The one of `known` with the smallest edit distance to `word`, letters' case ignored; empty when none is near: more than a third
// of the word, and at least two edits, away.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace hearth::core

#endif
