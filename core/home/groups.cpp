// Making, changing and shrinking groups.
#include "core/home/groups.hpp"

#include <algorithm>

#include "core/home/judge.hpp"

namespace hearth::core {

store::GroupRow to_row(const Groups::Group& group) {
  return {group.number, group.name, std::vector<std::int64_t>(group.devices.begin(), group.devices.end())};
}

void Groups::restore(const store::Snapshot& snapshot) {
  next_number_ = static_cast<std::uint32_t>(snapshot.next_group);
  for (const auto& row : snapshot.groups) {
    Group group{static_cast<std::uint32_t>(row.number), row.name, {}};
    for (const auto device : row.devices)
      if (devices_.find(static_cast<std::uint32_t>(device)))
        group.devices.push_back(static_cast<std::uint32_t>(device));
    next_number_ = std::max(next_number_, group.number + 1);
    groups_[group.number] = std::move(group);
  }
}

Result<const Groups::Group*> Groups::put(const GroupWanted& wanted) {
  if (wanted.number != 0 && !groups_.contains(wanted.number))
    return Error{ErrorCode::kInvalid, "no such group"};
  if (wanted.number == 0 && groups_.size() >= kMaxGroups)
    return Error{ErrorCode::kBusy, "more than 10000 groups"};
  if (wanted.name.empty() || !is_clean(wanted.name, kMaxName))
    return Error{ErrorCode::kInvalid, "a group's name is 1 to 256 bytes of UTF-8 without control characters"};
  if (wanted.devices.size() > kMaxMembers)
    return Error{ErrorCode::kInvalid, "more than 512 devices in a group"};
  std::vector<std::uint32_t> members;
  for (const auto& id : wanted.devices) {
    const auto* device = devices_.find(id);
    if (!device) return Error{ErrorCode::kInvalid, "no such device: " + id.substr(0, kMaxDeviceId)};
    if (std::find(members.begin(), members.end(), device->number()) == members.end())
      members.push_back(device->number());
  }
  const auto number = wanted.number != 0 ? wanted.number : next_number_++;
  groups_[number] = {number, wanted.name, std::move(members)};
  return &groups_[number];
}

bool Groups::remove(std::uint32_t number) { return groups_.erase(number) != 0; }

std::vector<std::uint32_t> Groups::with(std::uint32_t device) const {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, group] : groups_)
    if (std::find(group.devices.begin(), group.devices.end(), device) != group.devices.end())
      numbers.push_back(number);
  return numbers;
}

std::vector<std::uint32_t> Groups::replace(std::uint32_t device, std::uint32_t into) {
  auto changed = with(device);
  for (const auto number : changed) {
    auto& members = groups_[number].devices;
    if (std::find(members.begin(), members.end(), into) != members.end()) {
      std::erase(members, device);
    } else {
      std::replace(members.begin(), members.end(), device, into);
    }
  }
  return changed;
}

std::vector<std::uint32_t> Groups::forget(std::uint32_t device) {
  std::vector<std::uint32_t> changed;
  for (auto& [number, group] : groups_)
    if (std::erase(group.devices, device) != 0) changed.push_back(number);
  return changed;
}

const Groups::Group* Groups::find(std::uint32_t number) const {
  const auto group = groups_.find(number);
  return group == groups_.end() ? nullptr : &group->second;
}

GroupDefined Groups::fact(const Group& group) const {
  GroupDefined fact{group.number, group.name, {}};
  for (const auto number : group.devices)
    if (const auto* device = devices_.find(number)) fact.devices.push_back(device->id());
  return fact;
}

}  // namespace hearth::core
