// What becomes of a plugin when its file appears, changes or goes, and of the private copies.
#include <fmt/format.h>

#include <algorithm>

#include "core/host/host.hpp"

namespace hearth::core {

namespace {

constexpr std::string_view kGone = "its file was removed";

}  // namespace

// Looked at now, whatever has happened to it. One that is just stopping is looked at again when it has ended.
void PluginHost::touched(const std::filesystem::path& file) {
  if (!watch_) return;
  const auto known = entries_.find(file);
  if (known != entries_.end() && known->second->next) {
    known->second->is_touched = true;
    return;
  }
  if (is_there(file)) {
    file_there(entry(file));
    tidy_copies();
  } else if (known != entries_.end()) {
    file_gone(*known->second);
  }
}

// It has a row from the first moment; what it is shows when it is closed.
void PluginHost::being_written(const std::filesystem::path& file) {
  if (!watch_ || entries_.contains(file) || !is_there(file)) return;
  set(entry(file), LifeState::kDiscovered, "it is being written");
}

// The new file is judged before the running one is touched. The same content changes nothing: what was
// stopped, refused at its start or quarantined stays so.
void PluginHost::file_there(Entry& of) {
  of.is_gone = false;
  auto judged = judge(of);
  if (!of.run) {
    if (judged.ok() && judged->copy == of.copy) return;
    if (judged.ok()) return begin(of, std::move(*judged));
    of.copy.clear();
    of.trial.reset();
    of.again.reset();
    return set(of, LifeState::kRefused, judged.error().words);
  }
  of.refused_change.clear();
  if (judged.ok() && judged->copy == of.run->file().copy) return changed(of);
  if (const auto no = may_replace(of, judged); !no.ok()) {
    of.refused_change = "the changed file was refused, the running one stays: " + no.error().words;
    if (of.reason != of.refused_change)
      world_.log.error(fmt::format("plugin {}: {}", of.id, of.refused_change));
    return changed(of);
  }
  of.successor = std::move(*judged);
  restart(of);
}

void PluginHost::file_gone(Entry& of) {
  if (std::exchange(of.is_gone, true)) return;
  stop(of, [this, &of] { gone(of); });
}

void PluginHost::gone(Entry& of) {
  const auto id = of.id;
  const bool hangs = hanging(of.copy) != nullptr;
  const bool stays = std::any_of(pinned_.begin(), pinned_.end(),
                                 [&](const auto& run) { return run->file().copy == of.copy; });
  of.copy.clear();
  if (of.has_run || hangs) {
    set(of, hangs ? LifeState::kQuarantined : LifeState::kUnloaded,
        stays ? fmt::format("{}; {}", of.reason, kGone) : std::string(kGone));
    settle(of);
  } else {
    forget(of);
  }
  take_up(id);
}

// Clients that were told of it hear that it is no more.
void PluginHost::forget(Entry& of) {
  for (const auto& done : std::exchange(of.waiting, {})) done({ErrorCode::kFailed, std::string(kGone)});
  if (!of.id.empty()) set(of, LifeState::kUnloaded, std::string(kGone));
  const auto file = of.file;
  entries_.erase(file);
  publish_health();
  check_all_settled();
}

// The id is free: the next file that has it may run.
void PluginHost::take_up(const std::string& id) {
  if (id.empty()) return;
  for (auto* entry : in_order()) {
    if (entry->id != id || entry->is_gone || entry->run) continue;
    if (entry->state == LifeState::kRefused || entry->state == LifeState::kDiscovered) begin(*entry);
    if (entry->run || entry->trial) break;
  }
  world_.loop.post([this] { forget_gone(); });
}

// What ran and is removed keeps its row, so that it is told what became of it, until another file has its id.
void PluginHost::forget_gone() {
  std::erase_if(entries_, [this](const auto& known) {
    const auto& of = *known.second;
    if (!of.is_gone || of.run || of.next || of.state != LifeState::kUnloaded) return false;
    const auto* now = find(of.id);
    return now && now->run;
  });
}

// Nobody maps what isn't here: on this thread they are made, and given to a run.
void PluginHost::tidy_copies() const {
  std::set<std::filesystem::path> used;
  for (const auto& run : pinned_) used.insert(run->file().copy);
  for (const auto& [file, entry] : entries_) {
    if (entry->run) used.insert(entry->run->file().copy);
    if (entry->successor) used.insert(entry->successor->copy);
    if (entry->last) used.insert(entry->last->copy);
    if (entry->trial) used.insert(entry->copy);
  }
  std::error_code error;
  std::filesystem::directory_iterator copy(folders_.state_dir / "copies", error), end;
  for (; !error && copy != end; copy.increment(error)) {
    std::error_code left;
    if (!used.contains(copy->path())) std::filesystem::remove(copy->path(), left);
  }
}

}  // namespace hearth::core
