// Checks a plugin's section by the schema that the plugin brings.
#ifndef HEARTH_CORE_CONFIG_PLUGIN_SETTINGS_HPP
#define HEARTH_CORE_CONFIG_PLUGIN_SETTINGS_HPP

#include <Poco/JSON/Object.h>

#include <string_view>

#include "core/config/config_error.hpp"
#include "core/config/configuration.hpp"

namespace hearth::config {

// The section's settings with every default of the schema, sharing nothing with the section: what
// to_flexbuffer() makes the plugin's configuration of. Or what is wrong, each error naming the plugin: the
// section's own problems, settings that the schema refuses, or the schema itself (see schema.hpp for what it
// may contain). `schema_json` comes out of a file that anybody may have dropped in: any bytes are safe. Any
// thread.
Checked<Poco::JSON::Object::Ptr> validate_plugin(const PluginSection& section, std::string_view schema_json);

}  // namespace hearth::config

#endif
