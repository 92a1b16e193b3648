// One plugin's section against one plugin's schema.
#include "core/config/plugin_settings.hpp"

#include <utility>

#include "core/config/json_tree.hpp"
#include "core/config/key_path.hpp"
#include "core/config/schema.hpp"

namespace hearth::config {
namespace {

ConfigError error_of(const PluginSection& section, std::string message) {
  return {section.where, child_path("plugin", section.id), std::move(message), section.id};
}

Checked<ObjectPtr> validate(const PluginSection& section, std::string_view schema_json) {
  const Result<Schema> schema = Schema::parse(schema_json);
  if (!schema) return error_of(section, "the plugin's own schema is refused: " + schema.error().words);
  const Result<Json> completed = schema->completed(section.settings);
  if (!completed) return error_of(section, completed.error().words);

  const Site site{section.positions,
                  section.where,
                  child_path("plugin", section.id),
                  {kHostKeys.begin(), kHostKeys.end()}};
  ConfigErrors errors = schema->check(*completed, site);
  for (ConfigError& error : errors) error.plugin = section.id;
  if (!errors.empty()) return errors;
  return as_object(*completed);
}

}  // namespace

Checked<Poco::JSON::Object::Ptr> validate_plugin(const PluginSection& section, std::string_view schema_json) {
  if (!section.problems.empty()) return section.problems;
  try {
    return validate(section, schema_json);
  } catch (const std::exception& error) {
    return error_of(section, error.what());
  }
}

}  // namespace hearth::config
