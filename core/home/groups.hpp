// Groups: named lists of devices.
#ifndef HEARTH_CORE_HOME_GROUPS_HPP
#define HEARTH_CORE_HOME_GROUPS_HPP

#include <string>
#include <vector>

#include "core/home/rosters.hpp"

namespace hearth::core {

struct Group {
  std::uint32_t number = 0;
  std::string name;
  std::vector<std::uint32_t> devices;
};

// [home]
class Groups : public Roster<Group> {
 public:
  static constexpr std::size_t kMaxGroups = 10'000;
  static constexpr std::size_t kMaxMembers = 512;  // such that a GroupDefined fits a frame

  explicit Groups(Devices& devices) : devices_(devices) {}

  void restore(const store::Snapshot& snapshot);

  // Makes a group (number 0) or changes one. Errors: unknown number, unclean name, unknown device. `number`
  // is the wish for a new one's.
  Result<const Group*> put(const GroupWanted& wanted, std::uint32_t number = 0);
  // One member more or less. Errors: unknown number or device, too many.
  Result<const Group*> put(const GroupMember& wanted);

  GroupDefined fact(const Group& group) const;

 private:
  Devices& devices_;
};

store::GroupRow to_row(const Group& group);

}  // namespace hearth::core

#endif
