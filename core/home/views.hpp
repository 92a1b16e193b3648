// Views: values and devices as JSON, for the control socket and the store.
#ifndef HEARTH_CORE_HOME_VIEWS_HPP
#define HEARTH_CORE_HOME_VIEWS_HPP

#include <Poco/JSON/Object.h>

#include <string>

#include "hearth/messages.hpp"
#include "hearth/value.hpp"

namespace hearth::core {

struct DeviceRecord;

// null, true, 40, 21.05, "text", {"hue":…,"saturation":…}.
Poco::Dynamic::Var to_json(const Value& value);
std::string to_json_text(const Value& value);

// The reverse; none for what is no value (a list, an object that is no color, damaged text).
Value value_from_json(const Poco::Dynamic::Var& json);
Value value_from_json_text(const std::string& text);

// As `hearthctl devices --json` shows it: {id, number, name, location, plugin, address, channel, kind,
// reachable, reason, capabilities, state: {capability: {reported, desired, since}}}.
Poco::JSON::Object::Ptr to_json(const DeviceRecord& device);

// {device, capability, outcome, words}.
Poco::JSON::Object::Ptr to_json(const CommandDone& done);

// ISO 8601, UTC, microseconds; null for 0.
Poco::Dynamic::Var time_to_json(std::int64_t time_us);

}  // namespace hearth::core

#endif
