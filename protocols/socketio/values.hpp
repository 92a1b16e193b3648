// Values as users write them behind `set`.
#ifndef HEARTH_MONITOR_VALUES_HPP
#define HEARTH_MONITOR_VALUES_HPP

#include <string_view>

#include "hearth/capability.hpp"
#include "hearth/status.hpp"

namespace hearth::monitor {

// A text is itself, or a JSON string; everything else as protocols::value_of() takes it, strings without
// their quotes: on, true, 40, 21.5, #ff8000, {"hue":30,"saturation":100}. kInvalid, in words, if it isn't of
// the capability's type; its range is home's to judge.
Result<Value> value_of(std::string_view text, const Capability& capability);

}  // namespace hearth::monitor

#endif
