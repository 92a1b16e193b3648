// Rosters: numbered things of the house that name devices, such as groups and programs.
#ifndef HEARTH_CORE_HOME_ROSTERS_HPP
#define HEARTH_CORE_HOME_ROSTERS_HPP

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/home/devices.hpp"

namespace hearth::core {

// An Entry has `number` and `devices`, numbers too: those outlive a change of id. [home]
template <class Entry>
class Roster {
 public:
  // Numbers of the entries that have the device.
  std::vector<std::uint32_t> with(std::uint32_t device) const {
    std::vector<std::uint32_t> found;
    for (const auto& [number, entry] : entries_)
      if (std::find(entry.devices.begin(), entry.devices.end(), device) != entry.devices.end())
        found.push_back(number);
    return found;
  }
  // Takes the device out everywhere; the entries that have lost it.
  std::vector<std::uint32_t> forget(std::uint32_t device) {
    std::vector<std::uint32_t> changed;
    for (auto& [number, entry] : entries_)
      if (std::erase(entry.devices, device) != 0) changed.push_back(number);
    return changed;
  }
  // Puts `into` in the device's place; the entries that have changed.
  std::vector<std::uint32_t> replace(std::uint32_t device, std::uint32_t into) {
    auto changed = with(device);
    for (const auto number : changed) {
      auto& members = entries_[number].devices;
      if (std::find(members.begin(), members.end(), into) != members.end()) {
        std::erase(members, device);
      } else {
        std::replace(members.begin(), members.end(), device, into);
      }
    }
    return changed;
  }

  // A new entry gets the next number, or `wish` if that is free and not 0.
  Entry& add(std::uint32_t wish = 0) {
    const auto number = wish != 0 && !entries_.contains(wish) ? wish : next_number_;
    next_number_ = std::max(next_number_, number + 1);
    auto& entry = entries_[number];
    entry.number = number;
    return entry;
  }
  // One that was kept.
  void restore(Entry entry) {
    next_number_ = std::max(next_number_, entry.number + 1);
    entries_[entry.number] = std::move(entry);
  }
  void restore_next(std::int64_t next) { next_number_ = static_cast<std::uint32_t>(next); }

  bool remove(std::uint32_t number) { return entries_.erase(number) != 0; }
  Entry* find(std::uint32_t number) {
    const auto entry = entries_.find(number);
    return entry == entries_.end() ? nullptr : &entry->second;
  }
  const Entry* find(std::uint32_t number) const {
    const auto entry = entries_.find(number);
    return entry == entries_.end() ? nullptr : &entry->second;
  }
  const std::map<std::uint32_t, Entry>& all() const { return entries_; }

 private:
  std::map<std::uint32_t, Entry> entries_;
  std::uint32_t next_number_ = 1;
};

// The ids of devices given as numbers; those that are gone are left out.
std::vector<std::string> ids_of(Devices& devices, const std::vector<std::uint32_t>& numbers);

// The numbers of devices given as ids, each once. Error: one that isn't known.
Result<std::vector<std::uint32_t>> numbers_of(Devices& devices, const std::vector<std::string>& ids);

// `all` and then those of `more` that aren't among them.
std::vector<std::uint32_t> united(std::vector<std::uint32_t> all, const std::vector<std::uint32_t>& more);

// Those that are known, of numbers that were kept.
std::vector<std::uint32_t> known_of(Devices& devices, const std::vector<std::int64_t>& kept);

}  // namespace hearth::core

#endif
