// Scanning folders, and the comings and goings of plugins.
#include "core/host/host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/config/flexbuffer.hpp"
#include "core/config/plugin_settings.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kSettleUs = 3'000'000;  // "ready" is said after this, whoever is still starting
constexpr std::string_view kDisabledSetting = "plugin.disabled.";

bool is_settled(LifeState state) {
  return state == LifeState::kRunning || state == LifeState::kRefused || state == LifeState::kDisabled ||
         state == LifeState::kQuarantined || state == LifeState::kUnloaded;
}

}  // namespace

PluginHost::PluginHost(EventLoop& loop, Home& home, store::Store& store, Log& log, Folders folders,
                       const store::Snapshot& snapshot, Extensions extensions)
    : world_{loop, home, log, folders.state_dir, std::move(extensions)},
      store_(store),
      folders_(std::move(folders)) {
  for (const auto& [key, value] : snapshot.settings)
    if (key.starts_with(kDisabledSetting)) disabled_[key.substr(kDisabledSetting.size())] = true;
}

PluginHost::~PluginHost() = default;

// ---- Finding ------------------------------------------------------------------------------------------

PluginHost::Entry& PluginHost::entry(const std::filesystem::path& file, bool packaged) {
  auto& known = entries_[file];
  if (!known) {
    known = std::make_unique<Entry>();
    known->file = file;
    known->packaged = packaged;
    known->isolation = packaged ? config::Isolation::kNone : config::Isolation::kProcess;
  }
  return *known;
}

PluginHost::Entry* PluginHost::find(const std::string& id) {
  for (auto& [file, entry] : entries_)
    if (entry->id == id && entry->state != LifeState::kRefused) return entry.get();
  for (auto& [file, entry] : entries_)
    if (entry->id == id) return entry.get();
  return nullptr;
}

void PluginHost::scan(const std::filesystem::path& folder, bool packaged) {
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error), end;
  if (error) {
    if (packaged) world_.log.warning(fmt::format("plugin folder {}: {}", folder.string(), error.message()));
    return;
  }
  std::vector<std::filesystem::path> found;
  for (; !error && files != end; files.increment(error))
    if (files->path().extension() == ".so") found.push_back(files->path());
  std::sort(found.begin(), found.end());
  for (const auto& file : found) entry(file, packaged);
}

void PluginHost::start_all(const config::Configuration& configuration, std::function<void()> settled) {
  configuration_ = configuration;
  settled_ = std::move(settled);
  for (const auto& folder : folders_.packaged) scan(folder, true);
  for (const auto& folder : folders_.local) scan(folder, false);
  for (auto& [file, entry] : entries_) begin(*entry);
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
      world_, id, table, ++last_source_, [] {},
      [this](bool) {
        const bool all =
            std::all_of(builtin_.begin(), builtin_.end(), [](const auto& run) { return !run->thread(); });
        if (all && all_stopped_)
          world_.loop.post([this] { std::exchange(all_stopped_, {})(!pinned_.empty()); });
      }));
  builtin_.back()->start();
}

// ---- Starting -----------------------------------------------------------------------------------------

void PluginHost::begin(Entry& entry) {
  auto judged = judge_file(entry.file, folders_.state_dir / "copies");
  if (!judged.ok()) return set(entry, LifeState::kRefused, judged.error().words);
  const auto status = start(entry, std::move(*judged));
  if (!status.ok())
    set(entry, status.error().code == ErrorCode::kDenied ? LifeState::kDisabled : LifeState::kRefused,
        status.error().words);
}

// kDenied: switched off by somebody.
Status PluginHost::may_run(Entry& entry, const config::PluginSection& section) const {
  entry.isolation =
      section.isolation.value_or(entry.packaged ? config::Isolation::kNone : config::Isolation::kProcess);
  for (const auto& [file, other] : entries_)
    if (other.get() != &entry && other->id == entry.id && other->run)
      return {ErrorCode::kInvalid, fmt::format("its id '{}' is taken by {}", entry.id, file.string())};
  if (is_disabled(entry.id)) return {ErrorCode::kDenied, "disabled with hearthctl"};
  if (!section.enabled) return {ErrorCode::kDenied, "enabled = false"};
  if (entry.isolation == config::Isolation::kProcess)
    return {ErrorCode::kInvalid,
            "it would have to run in a process of its own, which this version can't do yet; isolation = "
            "\"none\" runs it inside the "
            "server"};
  return {};
}

Status PluginHost::start(Entry& entry, JudgedFile file) {
  entry.id = file.manifest.id;
  entry.version = file.manifest.version;
  entry.kind = file.manifest.kind;
  entry.word = file.manifest.word;
  entry.verbs = file.manifest.verbs;
  const auto section = configuration_.section(entry.id);
  if (auto no = may_run(entry, section); !no.ok()) return no;
  const auto settings = config::validate_plugin(section, file.notes.schema);
  if (!settings.ok()) return settings.error();
  auto* of = &entry;
  entry.run = std::make_unique<PluginRun>(
      world_, std::move(file), config::to_flexbuffer(**settings), ++last_source_,
      [this, of] { changed(*of); },
      [this, of](bool pinned) { world_.loop.post([this, of, pinned] { ended(*of, pinned); }); });
  entry.reason.clear();
  set(entry, LifeState::kVerified, "");
  entry.run->start();
  return {};
}

void PluginHost::stop(Entry& entry, std::function<void()> next) {
  if (!entry.run) return next();
  entry.next = std::move(next);
  entry.run->stop();
}

// ---- What runs tell -----------------------------------------------------------------------------------

void PluginHost::changed(Entry& entry) { set(entry, entry.run->state(), entry.run->reason()); }

void PluginHost::ended(Entry& entry, bool pinned) {
  if (entry.run && pinned) {
    pinned_.push_back(std::move(entry.run));
  } else {
    entry.run.reset();
  }
  if (const auto next = std::exchange(entry.next, {})) next();
  if (all_stopped_) check_all_settled();
}

void PluginHost::set(Entry& entry, LifeState state, std::string reason) {
  const bool news = entry.state != state || entry.reason != reason;
  entry.state = state;
  entry.reason = std::move(reason);
  if (!news) return;
  const auto who = entry.id.empty() ? entry.file.filename().string() : entry.id;
  if (state == LifeState::kRefused || state == LifeState::kQuarantined) {
    world_.log.write(LogLevel::kError, {}, {},
                     fmt::format("plugin {} {}: {}", who, name(state), entry.reason));
  } else if (state == LifeState::kRunning || state == LifeState::kUnloaded) {
    world_.log.info(fmt::format("plugin {} {} {}{}{}", who, entry.version, name(state),
                                entry.reason.empty() ? "" : ": ", entry.reason));
  }
  publish(entry);
  settle(entry);
}

void PluginHost::publish(const Entry& entry) {
  on_change();
  if (entry.id.empty()) return;
  world_.home.publish_fact(
      PluginState{entry.id, entry.version, entry.kind, std::string(name(entry.state)), entry.reason},
      entry.id);
}

// Whoever waits for this plugin is told, unless it is on its way to something else.
void PluginHost::settle(Entry& entry) {
  if (!is_settled(entry.state) || entry.next) return check_all_settled();
  for (const auto& done : std::exchange(entry.waiting, {})) {
    const bool well = entry.state == LifeState::kRunning || entry.state == LifeState::kUnloaded ||
                      entry.state == LifeState::kDisabled;
    done(well ? Status()
              : Status(ErrorCode::kFailed, fmt::format("{}: {}", name(entry.state), entry.reason)));
  }
  check_all_settled();
}

void PluginHost::check_all_settled() {
  if (settled_ && std::all_of(entries_.begin(), entries_.end(),
                              [](const auto& e) { return is_settled(e.second->state); })) {
    world_.loop.cancel(std::exchange(settle_deadline_, 0));
    std::exchange(settled_, {})();
  }
  if (!all_stopped_ ||
      std::any_of(entries_.begin(), entries_.end(), [](const auto& e) { return e.second->run != nullptr; }))
    return;
  bool stopping = false;
  for (auto& run : builtin_) {
    if (!run->thread()) continue;
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
  for (auto& [file, entry] : entries_) stop(*entry, [] {});
  check_all_settled();
}

// ---- Changes while everything runs --------------------------------------------------------------------

void PluginHost::reconfigure(const config::Configuration& configuration) {
  const auto changed = config::changed_plugins(configuration_, configuration);
  configuration_ = configuration;
  for (const auto& id : changed) {
    auto* known = find(id);
    if (!known) {
      world_.log.warning(fmt::format("[plugin.{}] is configured, but there is no such plugin", id));
      continue;
    }
    restart(*known);
  }
}

// A plugin that hangs isn't started beside itself.
void PluginHost::restart(Entry& of) {
  ++of.restarts;
  stop(of, [this, &of] { of.state == LifeState::kQuarantined ? settle(of) : begin(of); });
}

Result<PluginHost::Entry*> PluginHost::ready_for_change(const std::string& id) {
  auto* known = find(id);
  if (!known) return Error{ErrorCode::kInvalid, "no such plugin: " + id};
  if (known->next || known->state == LifeState::kStopping)
    return Error{ErrorCode::kBusy, id + " is just stopping"};
  return known;
}

void PluginHost::load(const std::filesystem::path& file, Done done) {
  std::error_code error;
  const auto path = std::filesystem::absolute(file, error).lexically_normal();
  const auto packaged =
      std::any_of(folders_.packaged.begin(), folders_.packaged.end(), [&](const auto& folder) {
        return std::filesystem::absolute(folder, error).lexically_normal() == path.parent_path();
      });
  auto& of = entry(path, packaged);
  if (of.run) return done({ErrorCode::kInvalid, "it is loaded already; reload takes its changed file"});
  of.waiting.push_back(std::move(done));
  begin(of);
  settle(of);
}

void PluginHost::unload(const std::string& id, Done done) {
  const auto found = ready_for_change(id);
  if (!found.ok()) return done(found.error());
  auto* known = *found;
  if (!known->run) return done({ErrorCode::kInvalid, "it isn't loaded"});
  stop(*known, [this, known, done = std::move(done)] {
    settle(*known);
    done(known->state == LifeState::kUnloaded ? Status() : Status(ErrorCode::kFailed, known->reason));
  });
}

// The new file is judged before the running one is touched.
void PluginHost::reload(const std::string& id, Done done) {
  const auto found = ready_for_change(id);
  if (!found.ok()) return done(found.error());
  auto* known = *found;
  auto judged = judge_file(known->file, folders_.state_dir / "copies");
  if (!judged.ok()) return done({ErrorCode::kInvalid, "the running one stays: " + judged.error().words});
  if (judged->manifest.id != id)
    return done({ErrorCode::kInvalid, "the file is now another plugin: " + judged->manifest.id});
  const auto settings = config::validate_plugin(configuration_.section(id), judged->notes.schema);
  if (!settings.ok()) return done({ErrorCode::kInvalid, "the running one stays: " + settings.error().words});
  known->waiting.push_back(std::move(done));
  restart(*known);
}

void PluginHost::enable(const std::string& id, Done done) {
  disabled_.erase(id);
  store_.write(store::RemoveSetting{std::string(kDisabledSetting) + id}, [](const Status&) {});
  auto* known = find(id);
  if (!known) return done({ErrorCode::kInvalid, "no such plugin: " + id});
  if (known->run) return done({});
  known->waiting.push_back(
      [known, done = std::move(done)](const Status& status) {  // the configuration may still say no
        done(known->state == LifeState::kDisabled ? Status(ErrorCode::kDenied, known->reason) : status);
      });
  begin(*known);
  settle(*known);
}

void PluginHost::disable(const std::string& id, Done done) {
  const auto found = ready_for_change(id);
  if (!found.ok()) return done(found.error());
  auto* known = *found;
  disabled_[id] = true;
  store_.write(store::PutSetting{std::string(kDisabledSetting) + id, "1"}, [](const Status&) {});
  known->waiting.push_back(std::move(done));
  stop(*known, [this, known] {
    set(*known, LifeState::kDisabled, "disabled with hearthctl");
    settle(*known);  // it may have been so before
  });
}

}  // namespace hearth::core
