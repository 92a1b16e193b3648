// PluginHost: all plugins of the server: where they are found, which of them run, and what is said about
// them.
#ifndef HEARTH_CORE_HOST_HOST_HPP
#define HEARTH_CORE_HOST_HOST_HPP

#include <Poco/JSON/Array.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/host/folder_watch.hpp"
#include "core/host/later.hpp"
#include "core/host/plugin.hpp"
#include "core/host/trial.hpp"
#include "core/store/store.hpp"

namespace hearth::core {

// The folders are watched: a plugin's file that appears is judged and started, one that changes is reloaded,
// one that goes is stopped. Of several files with the same id one runs: the first, by the order of the
// folders and then by name, or the one that ran already. [home]
class PluginHost {
 public:
  struct Folders {
    std::vector<std::filesystem::path> packaged;  // run inside the server, all permissions granted
    std::vector<std::filesystem::path> local;     // isolated unless the configuration says otherwise
    std::filesystem::path state_dir;
    std::filesystem::path plugin_host = {};  // the program that runs isolated plugins
  };

  PluginHost(EventLoop& loop, Home& home, store::Store& store, Log& log, Folders folders,
             const store::Snapshot& snapshot, Extensions extensions);
  ~PluginHost();

  // Judges every *.so of the folders and starts what may run; from then on the folders are watched. `settled`
  // is called once: when each is running, refused or disabled, or after 3 s.
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
  // Lifts a quarantine too, unless something of the plugin can't be taken away any more.
  void enable(const std::string& id, Done done);
  void disable(const std::string& id, Done done);
  // Undoes every disable() and hold_local(), and says so with on_release. Done is told of the first that
  // didn't start, when all are settled; those that the configuration switches off don't count.
  void enable_all(Done done);

  // Safe mode: what is no packaged plugin isn't started, but disabled for that reason, also when it is
  // dropped in later. Before start_all.
  void hold_local(std::string reason);
  // Starts what was held.
  void release_local();

  // As `hearthctl plugins --json` shows them, sorted by file.
  Poco::JSON::Array::Ptr rows() const;
  // The commands that running plugins bring: [{word, plugin, verbs: [{name, args, help, files}]}].
  Poco::JSON::Array::Ptr verbs() const;
  // Manifest, permissions and schema of a file or a known plugin; nothing of it runs.
  Result<Poco::JSON::Object::Ptr> inspect(const std::string& file_or_id) const;
  std::map<std::string, std::size_t> counts() const;  // by state
  // How they are, all together, as the house is told it (health.cpp).
  const StatusChanged& health() const { return health_; }
  // Binary schemas of the messages that running plugins bring. Not trusted.
  std::vector<std::vector<std::uint8_t>> message_schemas() const;
  // Called when a plugin's state has changed.
  std::function<void()> on_change = [] {};
  // Called by enable_all, before anything is started.
  std::function<void()> on_release = [] {};

 private:
  struct Entry {
    std::filesystem::path file;
    std::filesystem::path copy;  // of what ran last; empty: not judged, or refused by the judge
    bool packaged = true;
    std::size_t folder = 0;  // its place in the order of the folders
    config::Isolation isolation = config::Isolation::kNone;
    std::string id;  // empty until judged
    std::string version, kind, word;
    std::vector<Manifest::Verb> verbs;
    LifeState state = LifeState::kDiscovered;
    std::string reason;
    std::string refused_change;  // why the running one stays although its file has changed
    std::uint64_t restarts = 0;
    bool has_run = false;
    bool is_gone = false;              // its file was removed
    bool is_touched = false;           // its file, while it was stopping: to be looked at afterwards
    std::vector<std::string> wanted;   // permissions
    std::vector<std::string> refused;  // of them
    std::filesystem::path tried;       // the copy that could be opened, or couldn't
    std::vector<std::int64_t> deaths;  // when its process ended by itself (steady, us), of the last minutes
    std::unique_ptr<Trial> trial;      // under way
    std::unique_ptr<Later> again;      // it has died, and starts again
    std::unique_ptr<PluginRun> run;
    std::optional<JudgedFile> last;       // what has died, and starts again
    std::optional<JudgedFile> successor;  // what takes the run's place
    std::function<void()> next;           // what follows when the run has ended
    std::vector<Done> waiting;            // to be told when it is settled
  };

  // host.cpp: finding, starting, stopping.
  Entry& entry(const std::filesystem::path& file);
  Entry* find(const std::string& id);
  std::vector<Entry*> in_order() const;
  void scan(const std::filesystem::path& folder, bool packaged);
  Result<JudgedFile> judge(const Entry& entry) const;
  void begin(Entry& entry);
  void begin(Entry& entry, JudgedFile file);
  Status start(Entry& entry, JudgedFile file);
  Status may_run(Entry& entry, const config::PluginSection& section) const;
  void stop(Entry& entry, std::function<void()> next);
  const PluginRun* hanging(const std::filesystem::path& copy) const;
  void changed(Entry& entry);
  bool ends_by_itself(const Entry& entry) const;
  void ended(Entry& entry, bool pinned);
  void set(Entry& entry, LifeState state, std::string reason);
  void settle(Entry& entry);
  void check_ready();
  void check_all_settled();
  void publish(const Entry& entry);
  bool is_disabled(const std::string& id) const { return disabled_.contains(id); }

  // health.cpp
  StatusClass health_of(const Entry& entry) const;
  void publish_health();

  // supervision.cpp: what it may do, and what becomes of one that has died.
  Result<Granted> granted(const Entry& entry, const Manifest& manifest,
                          const config::PluginSection& section) const;
  bool may_be_opened(Entry& entry, JudgedFile& file);
  void died(Entry& entry);

  // changes.cpp: what people ask for.
  void restart(Entry& entry);
  Result<Entry*> ready_for_change(const std::string& id);
  Status may_replace(const Entry& entry, const Result<JudgedFile>& judged) const;
  Done unless_disabled(Entry& entry, Done done);

  // hot_drop.cpp: what files bring about.
  void touched(const std::filesystem::path& file);
  void being_written(const std::filesystem::path& file);
  void file_there(Entry& entry);
  void file_gone(Entry& entry);
  void gone(Entry& entry);
  void forget(Entry& entry);
  void take_up(const std::string& id);
  void forget_gone();
  void tidy_copies() const;

  static constexpr std::string_view kDisabledSetting = "plugin.disabled.";

  PluginWorld world_;
  store::Store& store_;
  const Folders folders_;
  config::Configuration configuration_;
  std::set<std::string> disabled_;
  std::string held_;  // why local plugins aren't started; empty: they are
  std::map<std::filesystem::path, std::unique_ptr<Entry>> entries_;
  std::vector<std::unique_ptr<PluginRun>> builtin_;
  std::vector<std::unique_ptr<PluginRun>> pinned_;
  std::uint32_t last_source_ = 0;
  StatusChanged health_;  // as it was published last
  std::function<void()> settled_;
  hearth_handle settle_deadline_ = 0;
  std::function<void(bool)> all_stopped_;
  std::unique_ptr<FolderWatch> watch_;  // null before the start and while everything stops
};

}  // namespace hearth::core

#endif
