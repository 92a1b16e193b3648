// Making and changing groups.
#include "core/home/groups.hpp"

#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

Error too_many() { return {ErrorCode::kInvalid, "more than 512 devices in a group"}; }

}  // namespace

store::GroupRow to_row(const Group& group) {
  return {group.number, group.name, std::vector<std::int64_t>(group.devices.begin(), group.devices.end())};
}

void Groups::restore(const store::Snapshot& snapshot) {
  restore_next(snapshot.next_group);
  for (const auto& row : snapshot.groups)
    Roster::restore({static_cast<std::uint32_t>(row.number), row.name, known_of(devices_, row.devices)});
}

Result<const Group*> Groups::put(const GroupWanted& wanted, std::uint32_t number) {
  auto* group = find(wanted.number);
  if (wanted.number != 0 && !group) return Error{ErrorCode::kInvalid, "no such group"};
  if (!group && all().size() >= kMaxGroups) return Error{ErrorCode::kBusy, "more than 10000 groups"};
  if (wanted.name.empty() || !is_clean(wanted.name, kMaxName))
    return Error{ErrorCode::kInvalid, "a group's name is 1 to 256 bytes of UTF-8 without control characters"};
  if (wanted.devices.size() > kMaxMembers) return too_many();
  auto members = numbers_of(devices_, wanted.devices);
  if (!members.ok()) return members.error();
  if (group && wanted.keep_devices) *members = united(group->devices, *members);
  if (members->size() > kMaxMembers) return too_many();
  if (!group) group = &add(number);
  group->name = wanted.name;
  group->devices = std::move(*members);
  return group;
}

Result<const Group*> Groups::put(const GroupMember& wanted) {
  auto* group = find(wanted.number);
  if (!group) return Error{ErrorCode::kInvalid, "no such group"};
  const auto device = numbers_of(devices_, {wanted.device});
  if (!device.ok()) return device.error();
  const auto number = device->front();
  auto& members = group->devices;
  const auto place = std::find(members.begin(), members.end(), number);
  if (wanted.member && place == members.end()) {
    if (members.size() >= kMaxMembers) return too_many();
    members.push_back(number);
  } else if (!wanted.member && place != members.end()) {
    members.erase(place);
  }
  return group;
}

GroupDefined Groups::fact(const Group& group) const {
  return {group.number, group.name, ids_of(devices_, group.devices)};
}

}  // namespace hearth::core
