// Finding plugins in folders, starting and stopping them, and telling how they are.
#include "core/host/host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/config/flexbuffer.hpp"
#include "core/config/plugin_settings.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kSettleUs = 3'000'000;  // "ready" is said after this, whoever is still starting

// As FolderWatch tells its files: absolute, without a slash at the end.
std::vector<std::filesystem::path> plain(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::filesystem::path> all;
  for (const auto& folder : folders) {
    std::error_code error;
    auto path = std::filesystem::absolute(folder, error).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(std::move(path));
  }
  return all;
}

bool is_settled(LifeState state) {
  return state == LifeState::kRunning || state == LifeState::kRefused || state == LifeState::kDisabled ||
         state == LifeState::kQuarantined || state == LifeState::kUnloaded;
}

}  // namespace

PluginHost::PluginHost(EventLoop& loop, Home& home, store::Store& store, Log& log, Folders folders,
                       const store::Snapshot& snapshot, Extensions extensions)
    : world_{loop, home, log, folders.state_dir, std::move(extensions), folders.plugin_host},
      store_(store),
      folders_{plain(folders.packaged), plain(folders.local), std::move(folders.state_dir)} {
  for (const auto& [key, value] : snapshot.settings)
    if (key.starts_with(kDisabledSetting)) disabled_.insert(key.substr(kDisabledSetting.size()));
}

PluginHost::~PluginHost() = default;

// ---- Finding ------------------------------------------------------------------------------------------

// One of another folder, loaded by hand, comes last and counts as local.
PluginHost::Entry& PluginHost::entry(const std::filesystem::path& file) {
  auto& known = entries_[file];
  if (known) return *known;
  known = std::make_unique<Entry>();
  known->file = file;
  const auto place = [&](const std::vector<std::filesystem::path>& folders) {
    return static_cast<std::size_t>(std::find(folders.begin(), folders.end(), file.parent_path()) -
                                    folders.begin());
  };
  known->folder = place(folders_.packaged);
  known->packaged = known->folder < folders_.packaged.size();
  if (!known->packaged) known->folder += place(folders_.local);
  known->isolation = known->packaged ? config::Isolation::kNone : config::Isolation::kProcess;
  return *known;
}

// The one that runs; else the first that may, then one that was refused, then one whose file is gone.
PluginHost::Entry* PluginHost::find(const std::string& id) {
  Entry* found = nullptr;
  int best = -1;
  for (auto* entry : in_order()) {
    const int fit = entry->run ? 3 : entry->is_gone ? 0 : entry->state == LifeState::kRefused ? 1 : 2;
    if (entry->id != id || fit <= best) continue;
    found = entry;
    best = fit;
  }
  return found;
}

std::vector<PluginHost::Entry*> PluginHost::in_order() const {
  std::vector<Entry*> all;
  for (const auto& [file, entry] : entries_) all.push_back(entry.get());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto* a, const auto* b) { return a->folder < b->folder; });
  return all;
}

void PluginHost::scan(const std::filesystem::path& folder, bool packaged) {
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error), end;
  if (error && packaged)
    world_.log.warning(fmt::format("plugin folder {}: {}", folder.string(), error.message()));
  for (; !error && files != end; files.increment(error))
    if (is_plugin_file(files->path())) entry(files->path());
}

void PluginHost::start_all(const config::Configuration& configuration, std::function<void()> settled) {
  configuration_ = configuration;
  settled_ = std::move(settled);
  auto folders = folders_.packaged;
  folders.insert(folders.end(), folders_.local.begin(), folders_.local.end());
  // Before the scan, so that nothing comes in between.
  watch_ = std::make_unique<FolderWatch>(
      world_.loop, world_.log, folders, [this](const std::filesystem::path& file) { touched(file); },
      [this](const std::filesystem::path& file) { being_written(file); });
  for (const auto& folder : folders_.packaged) scan(folder, true);
  for (const auto& folder : folders_.local) scan(folder, false);
  for (auto* entry : in_order()) begin(*entry);
  tidy_copies();
  for (const auto& [id, section] : configuration_.plugins)
    if (!find(id))
      world_.log.warning(fmt::format("[plugin.{}] is configured, but there is no such plugin", id));
  world_.loop.timer(
      kSettleUs, 0,
      [](void* self) {
        auto& host = *static_cast<PluginHost*>(self);
        host.settle_deadline_ = 0;
        if (const auto ready = std::exchange(host.settled_, {})) ready();
      },
      this, &settle_deadline_);
  check_all_settled();
}

void PluginHost::start_builtin(const std::string& id, const hearth_plugin* table) {
  builtin_.push_back(std::make_unique<PluginRun>(
      world_, id, table, ++last_source_, [this] { check_ready(); },
      [this](bool) {
        const bool all =
            std::all_of(builtin_.begin(), builtin_.end(), [](const auto& run) { return !run->runner(); });
        if (all && all_stopped_)
          world_.loop.post([this] { std::exchange(all_stopped_, {})(!pinned_.empty()); });
      }));
  builtin_.back()->start();
}

// ---- Starting -----------------------------------------------------------------------------------------

Result<JudgedFile> PluginHost::judge(const Entry& entry) const {
  return judge_file(entry.file, folders_.state_dir / "copies");
}

void PluginHost::begin(Entry& entry) {
  if (all_stopped_) return set(entry, LifeState::kUnloaded, "the server is stopping");
  auto judged = judge(entry);
  if (judged.ok()) return begin(entry, std::move(*judged));
  entry.copy.clear();
  set(entry, LifeState::kRefused, judged.error().words);
  tidy_copies();
}

void PluginHost::begin(Entry& entry, JudgedFile file) {
  if (all_stopped_) return set(entry, LifeState::kUnloaded, "the server is stopping");
  // A plugin that hangs isn't started beside itself; another content of its file is another plugin.
  entry.trial.reset();
  entry.again.reset();
  entry.last.reset();
  if (entry.copy != file.copy) entry.deaths.clear();
  if (const auto* run = hanging(file.copy)) return set(entry, LifeState::kQuarantined, run->reason());
  const auto status = start(entry, std::move(file));
  if (status.ok()) return;
  const auto code = status.error().code;
  set(entry,
      code == ErrorCode::kDenied ? LifeState::kDisabled
      : code == ErrorCode::kBusy ? LifeState::kDiscovered
                                 : LifeState::kRefused,
      status.error().words);
  tidy_copies();
}

const PluginRun* PluginHost::hanging(const std::filesystem::path& copy) const {
  for (const auto& run : pinned_)
    if (run->state() == LifeState::kQuarantined && run->file().copy == copy) return run.get();
  return nullptr;
}

// kDenied: switched off by somebody. kBusy: not yet.
Status PluginHost::may_run(Entry& entry, const config::PluginSection& section) const {
  entry.isolation =
      section.isolation.value_or(entry.packaged ? config::Isolation::kNone : config::Isolation::kProcess);
  for (const auto& [file, other] : entries_) {
    if (other.get() == &entry || other->id != entry.id || !other->run) continue;
    if (other->is_gone)
      return {ErrorCode::kBusy,
              fmt::format("it waits until {}, which was removed, has ended", file.string())};
    return {ErrorCode::kInvalid, fmt::format("its id '{}' is taken by {}", entry.id, file.string())};
  }
  if (is_disabled(entry.id)) return {ErrorCode::kDenied, "disabled with hearthctl"};
  if (!section.enabled) return {ErrorCode::kDenied, "enabled = false"};
  if (!entry.packaged && !held_.empty()) return {ErrorCode::kDenied, held_};
  return {};
}

Status PluginHost::start(Entry& entry, JudgedFile file) {
  entry.copy = file.copy;
  entry.id = file.manifest.id;
  entry.version = file.manifest.version;
  entry.kind = file.manifest.kind;
  entry.word = file.manifest.word;
  entry.verbs = file.manifest.verbs;
  const auto section = configuration_.section(entry.id);
  if (auto no = may_run(entry, section); !no.ok()) return no;
  const auto settings = config::validate_plugin(section, file.notes.schema);
  if (!settings.ok()) return settings.error();
  auto rights = granted(entry, file.manifest, section);
  if (!rights.ok()) return rights.error();
  entry.wanted = file.manifest.permissions;
  entry.refused = std::move(rights->refused);
  if (!may_be_opened(entry, file)) return {};
  auto* of = &entry;
  RunSettings how{config::to_flexbuffer(**settings), ++last_source_, entry.isolation,
                  std::move(rights->permissions)};
  entry.run = std::make_unique<PluginRun>(
      world_, std::move(file), std::move(how), [this, of] { changed(*of); },
      [this, of](bool pinned) { world_.loop.post([this, of, pinned] { ended(*of, pinned); }); });
  entry.reason.clear();
  set(entry, LifeState::kVerified, "");
  entry.run->start();
  return {};
}

void PluginHost::stop(Entry& entry, std::function<void()> next) {
  entry.trial.reset();
  entry.again.reset();
  entry.last.reset();
  if (!entry.run) return next();
  entry.next = std::move(next);
  entry.run->stop();
}

// ---- What runs tell -----------------------------------------------------------------------------------

void PluginHost::changed(Entry& entry) {
  if (ends_by_itself(entry)) {  // died() says what follows
    entry.state = entry.run->state();
    entry.reason = entry.run->reason();
    return;
  }
  const auto state = entry.run->state();
  const bool says = !entry.run->reason().empty() || state >= LifeState::kStopping;
  set(entry, state, says ? entry.run->reason() : entry.refused_change);
}

// Its process is gone, and nobody wanted that.
bool PluginHost::ends_by_itself(const Entry& entry) const {
  return entry.run && entry.run->died() && !entry.next && !all_stopped_;
}

void PluginHost::ended(Entry& entry, bool pinned) {
  const bool by_itself = ends_by_itself(entry);
  if (by_itself) {
    entry.last = entry.run->file();
  }
  if (entry.run && pinned) {
    pinned_.push_back(std::move(entry.run));
  } else {
    entry.run.reset();
  }
  const auto file = entry.file;  // what follows may forget the entry
  const bool again = std::exchange(entry.is_touched, false);
  if (by_itself) died(entry);
  if (const auto next = std::exchange(entry.next, {})) next();
  if (all_stopped_) return check_all_settled();
  tidy_copies();
  if (again) touched(file);
}

void PluginHost::set(Entry& entry, LifeState state, std::string reason) {
  const bool news = entry.state != state || entry.reason != reason;
  entry.state = state;
  entry.has_run = entry.has_run || state == LifeState::kRunning;
  entry.reason = std::move(reason);
  if (!news) return;
  const auto who = entry.id.empty() ? entry.file.filename().string() : entry.id;
  if (state == LifeState::kRefused || state == LifeState::kQuarantined) {
    world_.log.write(LogLevel::kError, {}, {},
                     fmt::format("plugin {} {}: {}", who, name(state), entry.reason));
  } else if (state == LifeState::kRunning || state == LifeState::kUnloaded) {
    world_.log.write(entry.again ? LogLevel::kWarning : LogLevel::kInfo, {}, {},
                     fmt::format("plugin {} {} {}{}{}", who, entry.version, name(state),
                                 entry.reason.empty() ? "" : ": ", entry.reason));
  }
  publish(entry);
  settle(entry);
}

void PluginHost::publish(const Entry& entry) {
  on_change();
  publish_health();
  if (entry.id.empty()) return;
  for (const auto& [file, other] : entries_)  // a plugin's state is that of the file that runs
    if (other.get() != &entry && other->id == entry.id && other->run) return;
  world_.home.publish_fact(
      PluginState{entry.id, entry.version, entry.kind, std::string(name(entry.state)), entry.reason},
      entry.id);
}

// Whoever waits for this plugin is told, unless it is on its way to something else.
void PluginHost::settle(Entry& entry) {
  if (!is_settled(entry.state) || entry.next) return check_all_settled();
  for (const auto& done : std::exchange(entry.waiting, {})) {
    const bool well = entry.state == LifeState::kRunning || entry.state == LifeState::kDisabled ||
                      (entry.state == LifeState::kUnloaded && !entry.again);
    done(well ? Status()
              : Status(ErrorCode::kFailed, fmt::format("{}: {}", name(entry.state), entry.reason)));
  }
  check_all_settled();
}

void PluginHost::check_ready() {
  const auto all_settled = [](const auto& all, const auto& state) {
    return std::all_of(all.begin(), all.end(), [&](const auto& one) { return is_settled(state(one)); });
  };
  if (!settled_ || !all_settled(builtin_, [](const auto& run) { return run->state(); }) ||
      !all_settled(entries_, [](const auto& known) { return known.second->state; }))
    return;
  world_.loop.cancel(std::exchange(settle_deadline_, 0));
  std::exchange(settled_, {})();
}

void PluginHost::check_all_settled() {
  check_ready();
  if (!all_stopped_ ||
      std::any_of(entries_.begin(), entries_.end(), [](const auto& e) { return e.second->run != nullptr; }))
    return;
  bool stopping = false;
  for (auto& run : builtin_) {
    if (!run->runner()) continue;
    stopping = true;
    run->stop();
  }
  if (!stopping)
    world_.loop.post([this] {
      if (all_stopped_) std::exchange(all_stopped_, {})(!pinned_.empty());
    });
}

void PluginHost::stop_all(std::function<void(bool)> done) {
  settled_ = {};
  all_stopped_ = std::move(done);
  watch_.reset();
  for (auto& [file, entry] : entries_) stop(*entry, [] {});
  check_all_settled();
}

}  // namespace hearth::core
