// Values as users write them behind `set`, and as JSON for `status`.
#ifndef HEARTH_MONITOR_VALUES_HPP
#define HEARTH_MONITOR_VALUES_HPP

#include <boost/json/value.hpp>
#include <string_view>

#include "hearth/capability.hpp"
#include "hearth/status.hpp"

namespace hearth::monitor {

// "on", "true", "40", "21.5", "#ff8000", {"hue":30,"saturation":100}, and for a text itself, or a JSON
// string. kInvalid, in words, if it isn't of the capability's type; its range is home's to judge.
Result<Value> value_of(std::string_view text, const Capability& capability);

// A color is {"hue","saturation"}; none is null.
boost::json::value json_of(const Value& value);

}  // namespace hearth::monitor

#endif
