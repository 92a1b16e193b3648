// How the plugins are, all together: the subject "plugins" of StatusChanged, for a light or a page.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/home/judge.hpp"
#include "core/host/host.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kMostWords = 1024;  // bytes

// The worse the later.
constexpr std::array kByUrgency{StatusClass::kSuccess, StatusClass::kSetup, StatusClass::kWarning,
                                StatusClass::kError};

bool is_worse(StatusClass a, StatusClass b) {
  return std::ranges::find(kByUrgency, a) > std::ranges::find(kByUrgency, b);
}

}  // namespace

// Of a file that isn't used because another one brings the plugin nobody has to be told.
StatusClass PluginHost::health_of(const Entry& entry) const {
  switch (entry.state) {
    case LifeState::kDiscovered:
    case LifeState::kVerified:
    case LifeState::kLoaded:
    case LifeState::kConfigured: return StatusClass::kSetup;
    case LifeState::kUnloaded: return entry.again ? StatusClass::kWarning : StatusClass::kSuccess;
    case LifeState::kRefused: {
      const bool elsewhere = !entry.id.empty() && std::ranges::any_of(entries_, [&](const auto& known) {
        return known.second.get() != &entry && known.second->id == entry.id && known.second->run;
      });
      return elsewhere ? StatusClass::kSuccess : StatusClass::kError;
    }
    case LifeState::kQuarantined: return StatusClass::kError;
    case LifeState::kRunning:
    case LifeState::kStopping:
    case LifeState::kDisabled: return StatusClass::kSuccess;
  }
  return StatusClass::kSuccess;
}

// The worst of them speaks for all; its code is how many are so.
void PluginHost::publish_health() {
  if (all_stopped_) return;
  StatusChanged now{"plugins", StatusClass::kSuccess, 0, "all plugins are well"};
  for (const auto& [file, entry] : entries_) {
    const auto how = health_of(*entry);
    if (how == StatusClass::kSuccess || is_worse(now.status, how)) continue;
    if (is_worse(how, now.status)) {
      const auto who = entry->id.empty() ? file.filename().string() : entry->id;
      now = {"plugins", how, 0, fmt::format("{} is {}", who, name(entry->state))};
      if (!entry->reason.empty()) now.words += ": " + entry->reason;
    }
    ++now.code;
  }
  if (!is_clean(now.words, kMostWords)) now.words = "see hearthctl plugins";
  if (now.status == health_.status && now.code == health_.code && now.words == health_.words) return;
  health_ = now;
  world_.home.publish_fact(now, now.subject);
}

}  // namespace hearth::core
