// PluginHost: all plugins of the server: where they are found, which of them run, and what is said about
// them.
#ifndef HEARTH_CORE_HOST_HOST_HPP
#define HEARTH_CORE_HOST_HOST_HPP

#include <Poco/JSON/Array.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/host/plugin.hpp"
#include "core/store/store.hpp"

namespace hearth::core {

// [home]
class PluginHost {
 public:
  struct Folders {
    std::vector<std::filesystem::path> packaged;  // run inside the server, all permissions granted
    std::vector<std::filesystem::path> local;     // isolated unless the configuration says otherwise
    std::filesystem::path state_dir;
  };

  PluginHost(EventLoop& loop, Home& home, store::Store& store, Log& log, Folders folders,
             const store::Snapshot& snapshot, Extensions extensions);
  ~PluginHost();

  // Judges every *.so of the folders and starts what may run. `settled` is called once: when each is running,
  // refused or disabled, or after 3 s.
  void start_all(const config::Configuration& configuration, std::function<void()> settled);
  // The server's own plugin, before any other.
  void start_builtin(const std::string& id, const hearth_plugin* table);
  // Stops all; `done(pinned)` when the last has ended or was given up. The built-in ones stop last.
  void stop_all(std::function<void(bool pinned)> done);
  // Restarts exactly the plugins whose part has changed.
  void reconfigure(const config::Configuration& configuration);

  using Done = std::function<void(Status)>;  // when it runs, or has ended, or was refused: with the reason
  void load(const std::filesystem::path& file, Done done);
  void unload(const std::string& id, Done done);
  void reload(const std::string& id, Done done);
  void enable(const std::string& id, Done done);
  void disable(const std::string& id, Done done);

  // As `hearthctl plugins --json` shows them, sorted by file.
  Poco::JSON::Array::Ptr rows() const;
  // The commands that running plugins bring: [{word, plugin, verbs: [{name, args, help}]}].
  Poco::JSON::Array::Ptr verbs() const;
  // Manifest, permissions and schema of a file or a known plugin; nothing of it runs.
  Result<Poco::JSON::Object::Ptr> inspect(const std::string& file_or_id) const;
  std::map<std::string, std::size_t> counts() const;  // by state
  // Binary schemas of the messages that running plugins bring. Not trusted.
  std::vector<std::vector<std::uint8_t>> message_schemas() const;
  // Called when a plugin's state has changed.
  std::function<void()> on_change = [] {};

 private:
  struct Entry {
    std::filesystem::path file;
    bool packaged = true;
    config::Isolation isolation = config::Isolation::kNone;
    std::string id;  // empty until judged
    std::string version, kind, word;
    std::vector<Manifest::Verb> verbs;
    LifeState state = LifeState::kDiscovered;
    std::string reason;
    std::uint64_t restarts = 0;
    std::unique_ptr<PluginRun> run;
    std::function<void()> next;  // what follows when the run has ended
    std::vector<Done> waiting;   // to be told when it is settled
  };

  Entry& entry(const std::filesystem::path& file, bool packaged);
  Entry* find(const std::string& id);
  void scan(const std::filesystem::path& folder, bool packaged);
  void begin(Entry& entry);
  Status start(Entry& entry, JudgedFile file);
  Status may_run(Entry& entry, const config::PluginSection& section) const;
  void stop(Entry& entry, std::function<void()> next);
  void restart(Entry& entry);
  Result<Entry*> ready_for_change(const std::string& id);
  void changed(Entry& entry);
  void ended(Entry& entry, bool pinned);
  void set(Entry& entry, LifeState state, std::string reason);
  void settle(Entry& entry);
  void check_all_settled();
  void publish(const Entry& entry);
  bool is_disabled(const std::string& id) const { return disabled_.contains(id); }

  PluginWorld world_;
  store::Store& store_;
  const Folders folders_;
  config::Configuration configuration_;
  std::map<std::string, bool> disabled_;
  std::map<std::filesystem::path, std::unique_ptr<Entry>> entries_;
  std::vector<std::unique_ptr<PluginRun>> builtin_;
  std::vector<std::unique_ptr<PluginRun>> pinned_;
  std::uint32_t last_source_ = 0;
  std::function<void()> settled_;
  hearth_handle settle_deadline_ = 0;
  std::function<void(bool)> all_stopped_;
};

}  // namespace hearth::core

#endif
