// Comparing configurations.
#include "core/config/configuration.hpp"

#include "core/config/flexbuffer.hpp"

namespace hearth::config {

bool PluginSection::operator==(const PluginSection& other) const {
  return id == other.id && enabled == other.enabled && isolation == other.isolation &&
         permissions == other.permissions && problems.empty() == other.problems.empty() &&
         to_flexbuffer(*settings) == to_flexbuffer(*other.settings);
}

PluginSection Configuration::section(std::string_view id) const {
  if (const auto found = plugins.find(id); found != plugins.end()) return found->second;
  PluginSection empty;
  empty.id = id;
  if (!files.empty()) empty.where.file = files.front();
  return empty;
}

ConfigErrors Configuration::problems() const {
  ConfigErrors all;
  for (const auto& [id, section] : plugins)
    all.insert(all.end(), section.problems.begin(), section.problems.end());
  return all;
}

std::vector<std::string> changed_plugins(const Configuration& before, const Configuration& after) {
  std::vector<std::string> changed;
  for (const auto& [id, section] : before.plugins) {
    const auto found = after.plugins.find(id);
    if (found == after.plugins.end() || !(found->second == section)) changed.push_back(id);
  }
  for (const auto& [id, section] : after.plugins) {
    if (!before.plugins.contains(id)) changed.push_back(id);
  }
  return changed;
}

}  // namespace hearth::config
