// What people change while everything runs: the configuration, and plugin by plugin through hearthctl.
#include <fmt/format.h>

#include <algorithm>

#include "core/config/plugin_settings.hpp"
#include "core/host/host.hpp"

namespace hearth::core {

void PluginHost::reconfigure(const config::Configuration& configuration) {
  const auto changed = config::changed_plugins(configuration_, configuration);
  configuration_ = configuration;
  for (const auto& id : changed) {
    auto* known = find(id);
    if (!known) {
      world_.log.warning(fmt::format("[plugin.{}] is configured, but there is no such plugin", id));
      continue;
    }
    // One that is on its way to something else reads the new configuration when it starts again.
    if (known->is_gone || known->next) continue;
    // What runs goes on running: its file may have been changed for one that was refused.
    if (known->run && !known->successor) known->successor = known->run->file();
    restart(*known);
  }
}

void PluginHost::restart(Entry& of) {
  ++of.restarts;
  stop(of, [this, &of] {
    auto file = std::exchange(of.successor, std::nullopt);
    file ? begin(of, std::move(*file)) : begin(of);
    settle(of);
  });
}

Result<PluginHost::Entry*> PluginHost::ready_for_change(const std::string& id) {
  auto* known = find(id);
  if (!known) return Error{ErrorCode::kInvalid, "no such plugin: " + id};
  if (known->next || known->state == LifeState::kStopping)
    return Error{ErrorCode::kBusy, id + " is just stopping"};
  return known;
}

PluginHost::Done PluginHost::unless_disabled(Entry& of, Done done) {
  return [&of, done = std::move(done)](const Status& status) {
    done(of.state == LifeState::kDisabled ? Status(ErrorCode::kDenied, of.reason) : status);
  };
}

// A file that isn't there leaves everything as it was.
void PluginHost::load(const std::filesystem::path& file, Done done) {
  std::error_code error;
  const auto path = std::filesystem::absolute(file, error).lexically_normal();
  if (!is_there(path)) return done({ErrorCode::kInvalid, "cannot be opened: no such file: " + path.string()});
  auto& of = entry(path);
  if (of.run) return done({ErrorCode::kInvalid, "it is loaded already; reload takes its changed file"});
  of.is_gone = false;
  of.waiting.push_back(unless_disabled(of, std::move(done)));
  begin(of);
  settle(of);
}

void PluginHost::unload(const std::string& id, Done done) {
  const auto found = ready_for_change(id);
  if (!found.ok()) return done(found.error());
  auto* known = *found;
  if (!known->run && !known->again) return done({ErrorCode::kInvalid, "it isn't loaded"});
  if (!known->run) set(*known, LifeState::kUnloaded, {});  // it was to start again
  stop(*known, [this, known, done = std::move(done)] {
    settle(*known);
    done(known->state == LifeState::kUnloaded ? Status() : Status(ErrorCode::kFailed, known->reason));
  });
}

Status PluginHost::may_replace(const Entry& of, const Result<JudgedFile>& judged) const {
  if (!judged.ok()) return judged.error();
  if (judged->manifest.id != of.id)
    return {ErrorCode::kInvalid, "the file is now another plugin: " + judged->manifest.id};
  if (const auto* run = hanging(judged->copy)) return {ErrorCode::kInvalid, run->reason()};
  const auto settings = config::validate_plugin(configuration_.section(of.id), judged->notes.schema);
  return settings.ok() ? Status() : Status(settings.error());
}

// The new file is judged before the running one is touched. When its file has been noticed already, this
// joins in.
void PluginHost::reload(const std::string& id, Done done) {
  auto* known = find(id);
  const bool under_way = known && known->successor;
  if (const auto found = ready_for_change(id); !under_way && !found.ok()) return done(found.error());
  if (known->run) {
    auto judged = judge(*known);
    if (const auto no = may_replace(*known, judged); !no.ok()) {
      tidy_copies();
      return done({ErrorCode::kInvalid, "the running one stays: " + no.error().words});
    }
    known->successor = std::move(*judged);
    known->refused_change.clear();
  }
  known->waiting.push_back(unless_disabled(*known, std::move(done)));
  if (!under_way) restart(*known);
}

void PluginHost::enable(const std::string& id, Done done) {
  if (const auto* known = find(id); known && (known->next || known->state == LifeState::kStopping))
    return done({ErrorCode::kBusy, id + " is just stopping"});
  disabled_.erase(id);
  store_.write(store::RemoveSetting{std::string(kDisabledSetting) + id}, [](const Status&) {});
  auto* known = find(id);
  if (!known) return done({ErrorCode::kInvalid, "no such plugin: " + id});
  if (known->run) return done({});
  known->deaths.clear();
  known->waiting.push_back(unless_disabled(*known, std::move(done)));  // the configuration may still say no
  begin(*known);
  settle(*known);
}

void PluginHost::disable(const std::string& id, Done done) {
  const auto found = ready_for_change(id);
  if (!found.ok()) return done(found.error());
  auto* known = *found;
  disabled_.insert(id);
  store_.write(store::PutSetting{std::string(kDisabledSetting) + id, "1"}, [](const Status&) {});
  known->waiting.push_back(std::move(done));
  stop(*known, [this, known] {
    set(*known, LifeState::kDisabled, "disabled with hearthctl");
    settle(*known);  // it may have been so before
  });
}

// ---- All at once --------------------------------------------------------------------------------------

void PluginHost::hold_local(std::string reason) { held_ = std::move(reason); }

void PluginHost::release_local() {
  if (std::exchange(held_, {}).empty()) return;
  for (auto* entry : in_order())
    if (!entry->packaged && entry->state == LifeState::kDisabled && !entry->is_gone) begin(*entry);
}

void PluginHost::enable_all(Done done) {
  for (const auto& id : disabled_)
    store_.write(store::RemoveSetting{std::string(kDisabledSetting) + id}, [](const Status&) {});
  disabled_.clear();
  held_.clear();
  on_release();
  struct All {
    std::size_t open = 1;  // this function, too
    Status first;          // failure
    Done done;
    void told(const Status& status) {
      if (first.ok() && !status.ok()) first = status;
      if (--open == 0) done(first);
    }
  };
  const auto all = std::make_shared<All>(All{1, {}, std::move(done)});
  for (auto* entry : in_order()) {
    if (entry->state != LifeState::kDisabled || entry->is_gone || entry->next) continue;
    ++all->open;
    entry->waiting.push_back([all, id = entry->id](const Status& status) {
      all->told(status.ok() ? Status() : Status(status.error().code, id + " " + status.error().words));
    });
    begin(*entry);
    settle(*entry);
  }
  all->told({});
}

}  // namespace hearth::core
