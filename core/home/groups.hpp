// Groups: named lists of devices.
#ifndef HEARTH_CORE_HOME_GROUPS_HPP
#define HEARTH_CORE_HOME_GROUPS_HPP

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/home/devices.hpp"

namespace hearth::core {

// [home]
class Groups {
 public:
  struct Group {
    std::uint32_t number = 0;
    std::string name;
    std::vector<std::uint32_t> devices;  // numbers: they outlive a change of id
  };
  static constexpr std::size_t kMaxGroups = 10'000;
  static constexpr std::size_t kMaxMembers = 512;  // such that a GroupDefined fits a frame

  explicit Groups(Devices& devices) : devices_(devices) {}

  void restore(const store::Snapshot& snapshot);

  // Makes a group (number 0) or changes one. Errors: unknown number, unclean name, unknown device.
  Result<const Group*> put(const GroupWanted& wanted);
  bool remove(std::uint32_t number);
  // Numbers of the groups that have the device; that have lost it; that have got `into` in its place.
  std::vector<std::uint32_t> with(std::uint32_t device) const;
  std::vector<std::uint32_t> forget(std::uint32_t device);
  std::vector<std::uint32_t> replace(std::uint32_t device, std::uint32_t into);

  const Group* find(std::uint32_t number) const;
  const std::map<std::uint32_t, Group>& all() const { return groups_; }

  GroupDefined fact(const Group& group) const;

 private:
  Devices& devices_;
  std::map<std::uint32_t, Group> groups_;
  std::uint32_t next_number_ = 1;
};

store::GroupRow to_row(const Groups::Group& group);

}  // namespace hearth::core

#endif
