// From files to a Configuration.
#include "core/config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/config/embedded.hpp"
#include "core/config/json_tree.hpp"
#include "core/config/key_path.hpp"
#include "core/config/schema.hpp"
#include "core/config/source_file.hpp"
#include "core/config/subschemas.hpp"
#include "core/config/toml_document.hpp"

namespace hearth::config {
namespace {

// The id of the plugin in whose section the key lies; empty when it lies elsewhere.
std::string plugin_of(const std::string& key, const Poco::JSON::Object& plugins) {
  constexpr std::string_view kParent = "plugin.";
  if (!key.starts_with(kParent)) return "";
  for (const auto& [id, section] : plugins) {
    const std::string path = child_path("plugin", id);
    if (key.starts_with(path) && (key.size() == path.size() || key[path.size()] == '.')) return id;
  }
  // What was left out of the document has its id in its path only.
  return key.substr(kParent.size(), key.find_first_of(".[", kParent.size()) - kParent.size());
}

bool is_plugin_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id.front() != '.' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

class Loading {
 public:
  Loading(Document document, std::vector<std::string> files, const ZoneFiles& zones)
      : document_(std::move(document)), zones_(zones) {
    configuration_.files = std::move(files);
  }

  Checked<Configuration> run() {
    const Result<Schema> schema = Schema::parse(kHearthSchema);
    if (!schema) return whole("the server's own schema is broken: " + schema.error().words);
    const Result<Json> completed = schema->completed(document_.root);
    if (!completed) return whole(completed.error().words);
    root_ = as_object(*completed);
    plugins_ = object_at(*root_, "plugin");
    if (!plugins_) plugins_ = new Poco::JSON::Object;

    for (ConfigError& error : document_.errors) add(std::move(error));
    const Site site{document_.positions, {configuration_.files.front()}, ""};
    for (ConfigError& error : schema->check(*completed, site)) add(std::move(error));
    read_server();
    read_home();
    for (const auto& [id, value] : *plugins_) read_plugin(id, value);
    if (!errors_.empty()) return errors_;
    return std::move(configuration_);
  }

 private:
  ConfigError whole(std::string message) const {
    return {{configuration_.files.front()}, "", std::move(message), ""};
  }

  // An error of one plugin goes to its section, any other stops the loading.
  void add(ConfigError error) {
    error.plugin = plugin_of(error.key, *plugins_);
    if (error.plugin.empty()) {
      errors_.push_back(std::move(error));
    } else {
      PluginSection& section = configuration_.plugins[error.plugin];
      section.id = error.plugin;
      section.problems.push_back(std::move(error));
    }
  }

  void add(const std::string& key, std::string message) {
    add({position_of(document_.positions, key, {configuration_.files.front()}), key, std::move(message), ""});
  }

  // What has the wrong type has been reported by the schema, here and in the next two.
  void read_server() {
    const ObjectPtr server = object_at(*root_, "server");
    if (!server) return;
    if (const std::string name = text_at(*server, "name"); !name.empty()) configuration_.server.name = name;
    const Json entries = server->get("log_entries");
    if (is_integer(entries)) {
      configuration_.server.log_entries =
          static_cast<std::size_t>(std::max<Poco::Int64>(0, entries.convert<Poco::Int64>()));
    }
  }

  void read_home() {
    Home& home = configuration_.home;
    auto system = system_time_zone(zones_);
    home.timezone = std::move(system.name);
    configuration_.zone_doubt = std::move(system.doubt);
    const ObjectPtr table = object_at(*root_, "home");
    if (!table) return;
    if (const Json degrees = table->get("latitude"); is_number(degrees))
      home.latitude = degrees.convert<double>();
    if (const Json degrees = table->get("longitude"); is_number(degrees))
      home.longitude = degrees.convert<double>();
    if (table->has("latitude") && !table->has("longitude"))
      add("home.longitude", "is required beside latitude");
    if (table->has("longitude") && !table->has("latitude"))
      add("home.latitude", "is required beside longitude");
    if (const Json grace = table->get("program_grace_s"); is_integer(grace))
      home.program_grace_s = grace.convert<Poco::Int64>();
    const std::string zone = text_at(*table, "timezone");
    if (zone.empty()) return;
    if (!is_time_zone(zone, zones_)) {
      add("home.timezone", "expected a time zone of this system, such as Europe/Berlin");
    }
    home.timezone = zone;
    configuration_.zone_doubt.clear();
  }

  void read_plugin(const std::string& id, const Json& value) {
    const std::string path = child_path("plugin", id);
    PluginSection& section = configuration_.plugins[id];
    section.id = id;
    section.where = position_of(document_.positions, path, {configuration_.files.front()});
    for (auto at = document_.positions.lower_bound(path);
         at != document_.positions.end() && at->first.starts_with(path); ++at) {
      section.positions.insert(*at);
    }
    if (!is_plugin_id(id)) {
      add(path, "a plugin's id has 1 to 64 letters, digits, '_', '-' and '.'");
    }
    ObjectPtr table = as_object(value);
    if (!table) return;
    if (const Json enabled = table->get("enabled"); is_bool(enabled))
      section.enabled = enabled.extract<bool>();
    const std::string isolation = text_at(*table, "isolation");
    if (isolation == "none") section.isolation = Isolation::kNone;
    if (isolation == "process") section.isolation = Isolation::kProcess;
    if (table->has("permissions")) {
      section.permissions = texts_at(*table, "permissions");
      std::sort(section.permissions->begin(), section.permissions->end());
    }
    for (const char* key : kHostKeys) table->remove(key);
    section.settings = table;
  }

  Document document_;
  const ZoneFiles& zones_;
  ObjectPtr root_;
  ObjectPtr plugins_;
  ConfigErrors errors_;
  Configuration configuration_;
};

}  // namespace

Checked<Configuration> load(const std::filesystem::path& main_file, const ZoneFiles& zones) {
  try {
    const Checked<std::vector<SourceFile>> sources = read_files(main_file);
    if (!sources) return sources.errors();
    Checked<Document> document = parse_documents(*sources);
    if (!document) return document.errors();
    std::vector<std::string> files;
    for (const SourceFile& source : *sources) files.push_back(source.name);
    return Loading(std::move(*document), std::move(files), zones).run();
  } catch (const std::exception& error) {
    return ConfigError{{main_file.string()}, "", error.what(), ""};
  }
}

}  // namespace hearth::config
