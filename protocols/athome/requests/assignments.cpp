// Which devices a program switches: AssignProgram, AssignProgramToGroup, DeleteDeviceProgram.
#include "find_device.hpp"
#include "find_group.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

// Clients want an id of the assignment; it is made of its two ends, so it is the same each time.
std::int64_t assignment(std::uint32_t program, std::uint32_t device) {
  return (std::int64_t{program} << 20) + device;
}

}  // namespace

Status assign_program(Call& call) {
  const auto device = find_device_by_id(call);
  if (!device.ok()) return device.error();
  const auto program = find_program(call);
  if (!program.ok()) return program.error();
  const auto id = assignment((*program)->number, (*device)->number);
  call.ask<ProgramAssigned>(ProgramAssignment{(*program)->number, {(*device)->device}, true},
                            [&call, id](const ProgramAssigned&) {
                              auto response = call.success();
                              response.field("program-assignment-id", id);
                              call.reply(response);
                            });
  return {};
}

// To those who are in the group now.
Status assign_program_to_group(Call& call) {
  const auto group = find_group(call);
  if (!group.ok()) return group.error();
  const auto program = find_program(call);
  if (!program.ok()) return program.error();
  const auto group_id = std::int64_t{(*group)->number};
  call.ask<ProgramAssigned>(ProgramAssignment{(*program)->number, (*group)->devices, true},
                            [&call, group_id](const ProgramAssigned& assigned) {
                              auto response = call.success();
                              response.field("group-id", group_id);
                              response.field("program-id", std::int64_t{assigned.number});
                              response.field("assigned-count", std::int64_t{assigned.changed});
                              response.field("already-assigned-count", std::int64_t{assigned.unchanged});
                              call.reply(response);
                            });
  return {};
}

// Without device-id, as the document has it: from every device. The program itself stays.
Status delete_device_program(Call& call) {
  const auto program = seek_program(call);
  if (!program.ok()) return program.error();
  const bool one = call.args().has("device-id");
  const auto id = one ? call.args().integer("device-id") : Result<std::int64_t>(0);
  if (!id.ok()) return id.error();
  const auto done = [&call] { call.succeed_with({"device-id", "program-id"}); };
  const auto* device = one ? find_number(call, *id) : nullptr;
  if (!*program || (one && !device)) {
    done();
    return {};
  }
  auto devices = one ? std::vector<std::string>{device->device} : (*program)->devices;
  call.ask<ProgramAssigned>(ProgramAssignment{(*program)->number, std::move(devices), false},
                            [done](const ProgramAssigned&) { done(); });
  return {};
}

}  // namespace hearth::athome
