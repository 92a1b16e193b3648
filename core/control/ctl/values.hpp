// Values of devices as people type and read them.
#ifndef HEARTH_CORE_CONTROL_CTL_VALUES_HPP
#define HEARTH_CORE_CONTROL_CTL_VALUES_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <string>

namespace hearth::core::ctl {

// true/false/on/off, a whole or decimal number, #RRGGBB as {"hue","saturation"} (its brightness is a
// capability of its own), else the text itself. Which type the capability wants is the server's to judge.
Poco::Dynamic::Var parse_value(const std::string& text);

// A device as devices.list gives it: "on 40 %, 2700 K, 12.3 W"; empty when nothing was reported.
std::string state_summary(const Poco::JSON::Object& device);

// A message's body in one line: "lights:8012 brightness = 40", or its fields as "name=value".
std::string body_summary(const Poco::Dynamic::Var& body);

}  // namespace hearth::core::ctl

#endif
