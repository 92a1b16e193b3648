// The known word that somebody most likely meant.
#ifndef HEARTH_CORE_CONTROL_NEAREST_HPP
#define HEARTH_CORE_CONTROL_NEAREST_HPP

#include <string>
#include <string_view>
#include <vector>

namespace hearth::core {

// The one of `known` with the smallest edit distance to `word`, letters' case ignored. Empty when none is
// near: at most a third of the word's letters away, but two edits are always near, one for words of up to
// three letters.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace hearth::core

#endif
