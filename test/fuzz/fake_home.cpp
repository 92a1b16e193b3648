// What each request comes to.
#include "test/fuzz/fake_home.hpp"

#include <algorithm>

namespace hearth::fuzz {

namespace {

constexpr std::size_t kMostThings = 64;  // of a kind: one input can't make the house large

template <class T>
T read(hearth_bytes body) {
  return *decode<T>(body);
}

}  // namespace

FakeHome::FakeHome(FakeHost& host) : host_(host) {
  furnish();
  host_.on_request = [this](std::uint64_t request, hearth_type type, hearth_bytes body) {
    answer(request, type, body);
  };
  host_.on_subscribe = [this](hearth_type type) { tell(type); };
}

void FakeHome::furnish() {
  const std::vector<Capability> everything{"on_off", "brightness", "color"};
  const std::vector<DeviceDeclared> all{
      {"simulated:bulb", 1, "Lamp", "Study", "bulb", 0, "bulb", everything, true, "", ""},
      {"tplink:plug", 2, "Fan", "Bath", "192.0.2.7:9999", 0, "plug", {"on_off"}, true, "", ""},
      {"meross:lost", 3, "Lost", "", "lost", 1, "plug", {"on_off"}, false, "no answer", ""},
      {"simulated:mute", 4, "Mute", "", "mute", 0, "bulb", everything, true, "", ""},
      {"x10:a1", 5, "}{\" \\u \xe2\x82\xac \xf0\x9f\x92\xa1", "[{", "A1\"}", 255, "", {}, false, "}{\"", ""}};
  for (const auto& device : all) devices_[device.device] = device;
  groups_[1] = {1, "Up {stairs}", {"simulated:bulb", "tplink:plug"}};
  Program program{"Evening }", "MTWTF-.", ProgramTrigger::kSunset, 0,  -30,
                  true,        15,        ProgramCommand::kOn,     50, "#ff8000"};
  programs_[1] = {1, program, {"simulated:bulb"}, FakeHost::kWallAtStart};
}

// The standing facts of that type.
void FakeHome::tell(hearth_type type) {
  if (type == kType<DeviceDeclared>)
    for (const auto& [id, device] : devices_) host_.publish(device);
  if (type == kType<StateChanged>)
    host_.publish(StateChanged{"simulated:bulb", "brightness", std::int64_t{40}});
  if (type == kType<GroupDefined>)
    for (const auto& [number, group] : groups_) host_.publish(group);
  if (type == kType<ProgramDefined>)
    for (const auto& [number, program] : programs_) host_.publish(program);
}

void FakeHome::answer(std::uint64_t request, hearth_type type, hearth_bytes body) {
  if (type == kType<Command>) return carry_out(request, read<Command>(body));
  if (type == kType<DeviceWanted>) return take(request, read<DeviceWanted>(body));
  if (type == kType<DeviceUnwanted>) return remove(request, read<DeviceUnwanted>(body));
  if (type == kType<GroupWanted>) return change(request, read<GroupWanted>(body));
  if (type == kType<GroupMember>) return change(request, read<GroupMember>(body));
  if (type == kType<ProgramWanted>) return change(request, read<ProgramWanted>(body));
  if (type == kType<ProgramAssignment>) return assign(request, read<ProgramAssignment>(body));
  if (type == kType<StorePut>) return host_.yes(request);
  if (type == kType<GroupUnwanted>) {
    const auto number = read<GroupUnwanted>(body).number;
    groups_.erase(number);
    host_.publish(GroupRemoved{number});
    return host_.yes(request);
  }
  if (type == kType<ProgramUnwanted>) {
    const auto number = read<ProgramUnwanted>(body).number;
    programs_.erase(number);
    host_.publish(ProgramRemoved{number});
    return host_.yes(request);
  }
  if (type == kType<DevicesSought>) {
    const auto driver = read<DevicesSought>(body).driver;
    const std::string id = (driver.empty() ? "simulated" : driver) + ":}{\"";
    return host_.answer(request, DevicesFound{{{id, "New }", "[::1]:80", "", "", 3}}, {}});
  }
  if (type == kType<SunWanted>) {
    const auto date = read<SunWanted>(body).date;
    if (date.ends_with("1")) return host_.refuse(request, ErrorCode::kUnreachable, "[home] has no place}");
    return host_.answer(request, SunTimes{date.ends_with("2") ? 0 : FakeHost::kWallAtStart, 0, Polar::kDay});
  }
  host_.refuse(request, ErrorCode::kInvalid, "nobody answers that");
}

void FakeHome::carry_out(std::uint64_t request, const Command& command) {
  if (command.device == "simulated:mute") return;
  const auto device = devices_.find(command.device);
  if (device == devices_.end()) return host_.refuse(request, ErrorCode::kInvalid, "no such device {");
  CommandDone done{command.device, command.capability, Outcome::kOk, ""};
  if (device->second.reachable) {
    host_.publish(StateChanged{command.device, command.capability, command.value});
  } else {
    done.outcome = Outcome::kUnreachable;
    done.words = device->second.reason;
  }
  host_.answer(request, done);
}

void FakeHome::take(std::uint64_t request, const DeviceWanted& wish) {
  if (devices_.size() >= kMostThings) return host_.refuse(request, ErrorCode::kBusy, "too many devices");
  const auto id = wish.driver + ":" + wish.address;
  auto& device = devices_[id];
  std::erase_if(devices_, [&](const auto& each) {  // the one that moves here from another address
    const bool moves = wish.number != 0 && each.second.number == wish.number && each.first != id;
    if (moves) host_.publish(DeviceRemoved{each.first});
    return moves;
  });
  if (device.number == 0) device.number = wish.number != 0 ? wish.number : ++last_number_;
  device.device = id;
  device.name = wish.name;
  device.location = wish.location;
  device.address = wish.address;
  device.channel = wish.channel;
  device.reachable = wish.driver == "simulated";
  if (device.reachable) device.capabilities = {"on_off", "brightness"};
  host_.publish(device);
  host_.answer(request, DeviceTaken{id, device.number});
}

void FakeHome::remove(std::uint64_t request, const DeviceUnwanted& wish) {
  if (devices_.erase(wish.device) == 0) return host_.refuse(request, ErrorCode::kInvalid, "no such device");
  host_.publish(DeviceRemoved{wish.device});
  host_.yes(request);
}

void FakeHome::change(std::uint64_t request, const GroupWanted& wish) {
  if (groups_.size() >= kMostThings) return host_.refuse(request, ErrorCode::kBusy, "too many groups");
  const auto number = wish.number != 0 ? wish.number : ++last_number_;
  auto& group = groups_[number];
  group.number = number;
  group.name = wish.name;
  host_.publish(group);
  host_.answer(request, group);
}

void FakeHome::change(std::uint64_t request, const GroupMember& wish) {
  const auto group = groups_.find(wish.number);
  if (group == groups_.end()) return host_.refuse(request, ErrorCode::kInvalid, "no such group");
  auto& members = group->second.devices;
  std::erase(members, wish.device);
  if (wish.member) members.push_back(wish.device);
  host_.publish(group->second);
  host_.answer(request, group->second);
}

void FakeHome::change(std::uint64_t request, const ProgramWanted& wish) {
  if (programs_.size() >= kMostThings) return host_.refuse(request, ErrorCode::kBusy, "too many programs");
  const auto number = wish.number != 0 ? wish.number : ++last_number_;
  auto& program = programs_[number];
  program.number = number;
  program.program = wish.program;
  program.devices.insert(program.devices.end(), wish.devices.begin(), wish.devices.end());
  host_.publish(program);
  host_.answer(request, program);
}

void FakeHome::assign(std::uint64_t request, const ProgramAssignment& wish) {
  const auto program = programs_.find(wish.number);
  if (program == programs_.end()) return host_.refuse(request, ErrorCode::kInvalid, "no such program");
  ProgramAssigned done{wish.number, 0, 0};
  auto& assigned = program->second.devices;
  for (const auto& device : wish.devices) {
    const bool was = std::erase(assigned, device) != 0;
    was == wish.assigned ? ++done.unchanged : ++done.changed;
    if (wish.assigned) assigned.push_back(device);
  }
  host_.publish(program->second);
  host_.answer(request, done);
}

}  // namespace hearth::fuzz
