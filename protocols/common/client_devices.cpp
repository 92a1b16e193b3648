// Who comes back is the device that it was.
#include "client_devices.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "words.hpp"

namespace hearth::protocols {

namespace {

constexpr std::size_t kMostIdBytes = 128;
constexpr std::size_t kMostShown = 64;  // bytes of an id, in the log

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

void ClientDevices::begin() {
  begun_ = ctx_.loop.steady();
  devices_.serve(
      [this](const Command& command, Completion done) {
        if (const auto known = known_.find(command.device); known != known_.end())
          known->second.commanded = true;
        kind_.apply(command, std::move(done));
      },
      [this](const std::string& id) { forget(id); });
}

void ClientDevices::recall() {
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

bool ClientDevices::came(Device device) {
  const std::string id = device.id;
  if (!is_native_id(id)) return false;
  auto known = known_.find(id);
  if (known == known_.end()) {
    make_room();
    if (const auto why = objection(id); !why.empty()) {
      if (const auto times = refused_.happened(ctx_.loop.steady()))
        ctx_.log.warning("the ", kind_.noun, " ", cut(id, kMostShown), " is no device: ", why, " (", times,
                         " refused since the last line)");
      return false;
    }
    known = known_.try_emplace(id).first;
  }
  if (const auto place = std::exchange(known->second.away, 0)) away_.erase(place);
  const auto before = devices_.declared().find(id);
  if (before != devices_.declared().end() && before->second.capabilities == device.capabilities) {
    devices_.reachable(id, true);
  } else {
    device.name = kind_.name_of(id);
    devices_.declare(device);
  }
  return true;
}

void ClientDevices::report(const std::string& id, const std::string& capability, Value value) {
  if (devices_.contains(id)) devices_.report(id, capability, std::move(value));
}

void ClientDevices::went(const std::string& id, const std::string& why) {
  const auto known = known_.find(id);
  if (known == known_.end() || known->second.away != 0) return;
  devices_.reachable(id, false, why);
  known->second.away = ++last_;
  away_.emplace(last_, id);
  make_room();
}

// Whoever says a device's name means that one, whatever a stranger calls itself. Among themselves clients
// may differ in capitals alone.
std::string ClientDevices::objection(const std::string& id) const {
  const auto own = devices_.full(id), name = kind_.name_of(id);
  for (const auto& [other, device] : house_.devices()) {
    if (other == own) continue;
    const bool any_case = device.plugin() != ctx_.id;
    const auto same = [any_case](std::string_view a, std::string_view b) {
      return any_case ? same_word(a, b) : a == b;
    };
    for (const auto& taken : {std::string_view(other), std::string_view(device.name)})
      if (same(taken, id) || same(taken, own) || same(taken, name))
        return concat("the device ", other, " is called so");
  }
  return known_.size() >= kMost ? concat("there are ", kMost, " already") : std::string();
}

void ClientDevices::make_room() {
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
    const bool is_named = device && device->name != kind_.name_of(id);
    if (is_named || known_[id].commanded || used.contains(devices_.full(id))) continue;
    withdraw(id);
    --count;
  }
}

void ClientDevices::withdraw(const std::string& id) {
  const bool is_mine = devices_.contains(id);
  if (is_mine) devices_.remove(id);
  if (!is_mine && house_.find(devices_.full(id))) devices_.remove_earlier(id);
  forget(id);
}

void ClientDevices::forget(const std::string& id) {
  const auto known = known_.find(id);
  if (known == known_.end()) return;
  away_.erase(known->second.away);
  known_.erase(known);
}

}  // namespace hearth::protocols
