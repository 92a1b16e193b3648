// Colours: the house's hue and saturation against the protocol's "#RRGGBB".
#ifndef HEARTH_ATHOME_COLOR_HPP
#define HEARTH_ATHOME_COLOR_HPP

#include <optional>
#include <string>
#include <string_view>

#include "hearth/value.hpp"

namespace hearth::athome {

// "#RRGGBB" or "RRGGBB"; none for anything else. How bright it is gets lost: brightness is a capability of
// its own.
std::optional<Color> parse_color(std::string_view text);

// At full brightness, "#rrggbb".
std::string to_hex(const Color& color);

}  // namespace hearth::athome

#endif
