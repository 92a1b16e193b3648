// Taking over what another server kept: judged as a whole, then made as a whole.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "core/home/home.hpp"
#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

DeviceWanted wanted_of(const ImportedDevice& d) {
  return {d.driver, d.address, d.channel, d.name, d.location};
}

Status judge_places(const std::vector<std::uint32_t>& places, std::size_t devices, std::size_t most) {
  if (places.size() > most) return {ErrorCode::kInvalid, fmt::format("more than {} devices", most)};
  for (const auto place : places)
    if (place >= devices)
      return {ErrorCode::kInvalid, fmt::format("names a device {} that isn't there", place)};
  return {};
}

Status judge_group(const ImportedGroup& group, std::size_t devices) {
  if (group.name.empty() || !is_clean(group.name, kMaxName))
    return {ErrorCode::kInvalid, "its name is not 1 to 256 bytes of clean text"};
  return judge_places(group.devices, devices, Groups::kMaxMembers);
}

Status judge_imported(const ImportedProgram& program, std::size_t devices) {
  if (auto status = judge_program(program.program); !status.ok()) return status;
  return judge_places(program.devices, devices, Programs::kMaxDevices);
}

Status about(std::string_view what, std::size_t place, const Status& status) {
  return {status.error().code, fmt::format("{} {}: {}", what, place, status.error().words)};
}

Status judge(const HouseImport& house) {
  for (std::size_t i = 0; i < house.devices.size(); ++i)
    if (const auto status = judge_wanted(wanted_of(house.devices[i])); !status.ok())
      return about("device", i, status);
  for (std::size_t i = 0; i < house.groups.size(); ++i)
    if (const auto status = judge_group(house.groups[i], house.devices.size()); !status.ok())
      return about("group", i, status);
  for (std::size_t i = 0; i < house.programs.size(); ++i)
    if (const auto status = judge_imported(house.programs[i], house.devices.size()); !status.ok())
      return about("program", i, status);
  return {};
}

std::vector<std::string> ids_at(const std::vector<std::uint32_t>& places,
                                const std::vector<std::string>& ids) {
  std::vector<std::string> found;
  found.reserve(places.size());
  for (const auto place : places) found.push_back(ids[place]);
  return found;
}

}  // namespace

// Whether all of it fits is known before any of it is made, so that making can't fail in the middle.
Status Home::has_room(const HouseImport& house) const {
  std::map<std::string, std::size_t> of_driver;
  for (const auto& device : house.devices) ++of_driver[device.driver];
  for (const auto& [driver, count] : of_driver)
    if (!devices_.has_room_for(driver, count, house.devices.size()))
      return {ErrorCode::kBusy, "too many devices for the house"};
  if (groups_.all().size() + house.groups.size() > Groups::kMaxGroups)
    return {ErrorCode::kBusy, "too many groups for the house"};
  if (programs_.all().size() + house.programs.size() > Programs::kMaxPrograms)
    return {ErrorCode::kBusy, "too many programs for the house"};
  return {};
}

void Home::take_over(const HouseImport& house, std::function<void(Result<HouseImported>)> done) {
  if (const auto status = judge(house); !status.ok()) return done(status.error());
  if (const auto status = has_room(house); !status.ok()) return done(status.error());
  HouseImported numbers;
  store::PutTogether change;
  std::vector<std::string> ids;
  for (const auto& wish : house.devices) {
    auto& device = **devices_.want(wanted_of(wish), "", wish.number);
    tell(device);
    device.saved = to_row(device);
    change.devices.push_back({device.saved});
    ids.push_back(device.id());
    numbers.devices.push_back(device.number());
  }
  for (const auto& wish : house.groups) {
    const auto& group = **groups_.put(GroupWanted{0, wish.name, ids_at(wish.devices, ids)}, wish.number);
    tell(group);
    change.groups.push_back({to_row(group)});
    numbers.groups.push_back(group.number);
  }
  for (const auto& wish : house.programs) {
    const ProgramWanted wanted{0, wish.program, ids_at(wish.devices, ids)};
    const auto& program = **programs_.put(wanted, wall_now_us(), wish.number);
    tell(program);
    scheduler_.put(program);
    change.programs.push_back({to_row(program), true});
    numbers.programs.push_back(program.number);
  }
  // Told when it is on disk and the drivers have had their time to find what is theirs.
  struct Steps {
    std::size_t left = 1;
    Status kept;
    std::function<void(const Status&)> done;
    void one_less() {
      if (--left == 0) done(kept);
    }
  };
  const auto steps = std::make_shared<Steps>();
  steps->done = [this, ids, numbers, done = std::move(done)](const Status& status) mutable {
    if (!status.ok()) {
      keep_parts(numbers);
      return done(Error{ErrorCode::kFailed, "taken over, but not on disk yet: " + status.error().words});
    }
    // Some turn out to be devices that the house knows under an older number.
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto* device = devices_.find_reported(ids[i])) numbers.devices[i] = device->number();
    done(numbers);
  };
  keeper_.write(std::move(change), [steps](const Status& status) {
    steps->kept = status;
    steps->one_less();
  });
  for (const auto number : numbers.devices) {
    const auto* device = devices_.find(number);
    auto* driver = device ? endpoint(device->plugin) : nullptr;
    if (!driver || device->declared_now) continue;
    ++steps->left;
    offer_wanted(*driver, *device, [steps] { steps->one_less(); });
  }
}

// One by one, as they are by now.
void Home::keep_parts(const HouseImported& numbers) {
  for (const auto number : numbers.devices)
    if (auto* device = devices_.find(number)) keep(*device);
  for (const auto number : numbers.groups)
    if (const auto* group = groups_.find(number)) keep(*group);
  for (const auto number : numbers.programs)
    if (const auto* program = programs_.find(number)) keep(*program);
}

}  // namespace hearth::core
