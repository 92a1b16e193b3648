// The configuration of the server, as values.
#ifndef HEARTH_CORE_CONFIG_CONFIGURATION_HPP
#define HEARTH_CORE_CONFIG_CONFIGURATION_HPP

#include <Poco/JSON/Object.h>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config_error.hpp"

namespace hearth::config {

// [server]
struct Server {
  std::string name = "hearth";
  std::size_t log_entries = 10'000;

  bool operator==(const Server&) const = default;
};

// [home]. Coordinates are never logged.
struct Home {
  std::optional<double> latitude;      // degrees, north positive; there if and only if longitude is
  std::optional<double> longitude;     // degrees, east positive
  std::string timezone = "UTC";        // IANA name of a zone that this system knows
  std::int64_t program_grace_s = 300;  // how late a program may run

  bool operator==(const Home&) const = default;
};

enum class Isolation { kNone, kProcess };

// The keys of a plugin's section that are the host's; no plugin sees them.
inline constexpr std::array<const char*, 3> kHostKeys = {"enabled", "isolation", "permissions"};

// [plugin.<id>]
struct PluginSection {
  std::string id;
  bool enabled = true;
  std::optional<Isolation> isolation;                   // nothing: the host decides
  std::optional<std::vector<std::string>> permissions;  // sorted; nothing: the host decides

  // The plugin's own keys, without kHostKeys, not yet checked by its schema (validate_plugin). Never
  // null; not to be changed, copies of a section share it.
  Poco::JSON::Object::Ptr settings = new Poco::JSON::Object;

  Position where;       // of the section; line 0: the files have none
  Positions positions;  // of its keys, by their full path

  // Not empty: the section is broken, and the plugin must not be started.
  ConfigErrors problems;

  // Equal means that the plugin needn't be restarted: positions may differ, what it gets and how it runs does
  // not.
  bool operator==(const PluginSection& other) const;
};

struct Configuration {
  Server server;
  Home home;
  std::map<std::string, PluginSection, std::less<>> plugins;  // by id
  std::vector<std::string> files;                             // in the order in which they were merged
  std::string zone_doubt;  // home.timezone is a guess, and why it may be wrong, for a person; empty: it isn't

  // The section of that plugin; an empty one, standing in the main file, when the files have none.
  PluginSection section(std::string_view id) const;
  // The problems of all sections.
  ConfigErrors problems() const;
};

// Ids of the plugins whose section is new, gone, or different: those that a reload restarts, stops or starts.
std::vector<std::string> changed_plugins(const Configuration& before, const Configuration& after);

}  // namespace hearth::config

#endif
