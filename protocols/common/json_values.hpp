// Devices and their values as JSON, for protocols that speak it.
#ifndef HEARTH_PROTOCOLS_JSON_VALUES_HPP
#define HEARTH_PROTOCOLS_JSON_VALUES_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hearth/capability.hpp"
#include "hearth/house.hpp"
#include "hearth/status.hpp"

namespace hearth::protocols {

// A color is {"hue","saturation"}; none is null.
boost::json::value json_of(const Value& value);

// What `json` means for the capability. Beside its own type: "on" and "off" for a bool; [r,g,b] (0 to 255),
// "#rrggbb" and {"hue","saturation"} for a color; for a text anything else too, as JSON. kInvalid, in words,
// if it isn't of that type; ranges are home's to judge.
Result<Value> value_of(const boost::json::value& json, const Capability& capability);

// {"id","name","reachable","states":{...}}; `number`: with "i", the device's small number, behind the id.
boost::json::object shown(const House::Device& device, bool number = false);

}  // namespace hearth::protocols

#endif
