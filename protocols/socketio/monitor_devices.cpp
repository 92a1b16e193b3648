// A monitor that goes stays a device, out of reach, so that programs and groups keep it.
#include "monitor_devices.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "words.hpp"

namespace hearth::monitor {

namespace {

constexpr std::size_t kMostIdBytes = 128;
constexpr std::size_t kMostWords = 1024;  // bytes, of a monitor to the house
constexpr std::size_t kMostShown = 64;    // bytes of an id, in the log

// Not the id alone: it could be another device's name.
std::string name_of(const std::string& id) { return "Monitor " + id; }

}  // namespace

// Valid UTF-8, as everything that came as JSON.
bool is_native_id(std::string_view id) {
  if (id.empty() || id.size() > kMostIdBytes) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    // U+0080 to U+009F are control characters too.
    if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && static_cast<unsigned char>(id[i + 1]) < 0xa0))
      return false;
  }
  return true;
}

void MonitorDevices::begin() {
  begun_ = ctx_.loop.steady();
  devices_.serve([this](const Command& command, Completion done) { apply(command, std::move(done)); },
                 [this](const std::string& id) { forget(id); });
}

void MonitorDevices::recall() {
  std::vector<std::pair<std::int64_t, std::string>> found;
  const auto prefix = devices_.full({});
  for (auto it = house_.devices().lower_bound(prefix); it != house_.devices().end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    found.emplace_back(it->second.updated_us, devices_.native(it->first));
  }
  std::ranges::sort(found);
  for (auto& [time, id] : found) {
    known_[id].away = ++last_;
    away_.emplace(last_, std::move(id));
  }
  last_recalled_ = last_;
}

void MonitorDevices::came(const std::string& id) {
  if (!is_native_id(id)) return;
  auto known = known_.find(id);
  if (known == known_.end()) {
    make_room();
    if (const auto why = objection(id); !why.empty()) {
      if (const auto times = refused_.happened(ctx_.loop.steady()))
        ctx_.log.warning("the monitor ", cut(id, kMostShown), " is no device: ", why, " (", times,
                         " refused since the last line)");
      return;
    }
    known = known_.try_emplace(id).first;
  }
  if (const auto place = std::exchange(known->second.away, 0)) away_.erase(place);
  if (devices_.contains(id)) return devices_.reachable(id, true);
  devices_.declare({.id = id, .name = name_of(id), .capabilities = {"command", "on_off"}, .kind = "monitor"});
}

void MonitorDevices::went(const std::string& id) {
  const auto known = known_.find(id);
  if (known == known_.end()) return;
  devices_.reachable(id, false, "the monitor is not connected");
  known->second.away = ++last_;
  away_.emplace(last_, id);
  make_room();
}

// Whoever says a device's name means that one, whatever a stranger calls itself.
std::string MonitorDevices::objection(const std::string& id) const {
  const auto own = devices_.full(id), name = name_of(id);
  for (const auto& [other, device] : house_.devices()) {
    if (other == own) continue;
    for (const auto& taken : {std::string_view(other), std::string_view(device.name)})
      if (same_word(taken, id) || same_word(taken, own) || same_word(taken, name))
        return concat("the device ", other, " is called so");
  }
  return known_.size() >= kMost ? concat("there are ", kMost, " already") : std::string();
}

void MonitorDevices::make_room() {
  const bool early = ctx_.loop.steady() - begun_ < kReturn;
  auto oldest = early ? away_.upper_bound(last_recalled_) : away_.begin();
  auto count = early ? static_cast<std::size_t>(std::distance(oldest, away_.end())) : away_.size();
  if (count <= kMostAway) return;
  std::set<std::string_view> used;
  for (const auto& [number, group] : house_.groups()) used.insert(group.devices.begin(), group.devices.end());
  for (const auto& [number, program] : house_.programs())
    used.insert(program.devices.begin(), program.devices.end());
  while (count > kMostAway && oldest != away_.end()) {
    const std::string id = (oldest++)->second;
    const auto* device = house_.find(devices_.full(id));
    const bool is_named = device && device->name != name_of(id);
    if (is_named || known_[id].commanded || used.contains(devices_.full(id))) continue;
    withdraw(id);
    --count;
  }
}

void MonitorDevices::withdraw(const std::string& id) {
  const bool is_mine = devices_.contains(id);
  if (is_mine) devices_.remove(id);
  if (!is_mine && house_.find(devices_.full(id))) devices_.remove_earlier(id);
  forget(id);
}

void MonitorDevices::forget(const std::string& id) {
  const auto known = known_.find(id);
  if (known == known_.end()) return;
  away_.erase(known->second.away);
  known_.erase(known);
}

void MonitorDevices::apply(const Command& command, Completion done) {
  const auto* on = std::get_if<bool>(&command.value);
  const auto* text = std::get_if<std::string>(&command.value);
  if (!on && (!text || text->empty()))
    return done.fail(ErrorCode::kInvalid, "an empty command means nothing to a monitor");
  if (const auto known = known_.find(command.device); known != known_.end()) known->second.commanded = true;
  const auto kept = std::make_shared<Completion>(std::move(done));
  flow_.command(command.device, on ? (*on ? "on" : "off") : std::string_view(*text),
                [kept, value = command.value](const Status& status) {
                  if (status.ok()) return kept->ok(value);
                  kept->fail(status.error().code, cut(status.error().words, kMostWords));
                });
}

}  // namespace hearth::monitor
