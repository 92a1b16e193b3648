// Making, changing and deleting programs: DefineProgram, UpdateProgram, DeleteProgram.
#include <algorithm>
#include <array>

#include "../program_time.hpp"
#include "find_device.hpp"
#include "find_group.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

constexpr std::int64_t kDay = 1440;  // minutes

// The word's place among `words`, without regard to case.
template <std::size_t N>
Result<std::size_t> choice(const Arguments& args, std::string_view key,
                           const std::array<std::string_view, N>& words) {
  const auto text = args.text(key);
  if (!text.ok()) return text.error();
  const auto word = std::find(words.begin(), words.end(), lower_case(*text));
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  std::string known;
  for (const auto& each : words) known.append(known.empty() ? "" : ", ").append(each);
  return Error{ErrorCode::kInvalid, concat(key, " is none of ", known)};
}

Status read_time(const Arguments& args, Program& program) {
  const auto days = args.text("day-mask");
  if (!days.ok()) return days.error();
  program.days = *days;
  const auto trigger = choice(args, "trigger-method", kTriggerWords);
  if (!trigger.ok()) return trigger.error();
  program.trigger = static_cast<ProgramTrigger>(*trigger);
  const auto time = args.text("time");
  if (!time.ok()) return time.error();
  const auto seconds = parse_time(*time);
  if (!seconds) return {ErrorCode::kInvalid, "time is not HH:MM or HH:MM:SS"};
  program.time_s = *seconds;
  const auto offset = args.integer("offset", -kDay, kDay);
  if (!offset.ok()) return offset.error();
  program.offset_min = static_cast<std::int32_t>(*offset);
  const auto randomize = args.integer("randomize", 0, 1);
  if (!randomize.ok()) return randomize.error();
  program.randomize = *randomize == 1;
  const auto amount = args.integer("randomize-amount", 0, kDay);
  if (!amount.ok()) return amount.error();
  program.random_min = static_cast<std::uint32_t>(*amount);
  return {};
}

// Clients of the document send no colour and no brightness, but perhaps a dimamount.
Status read_action(const Arguments& args, Program& program) {
  const auto command = choice(args, "command", kCommandWords);
  if (!command.ok()) return command.error();
  program.command = static_cast<ProgramCommand>(*command);
  program.brightness = 100;
  if (args.has("dimamount")) {
    const auto amount = args.integer("dimamount", 0, 100);
    if (!amount.ok()) return amount.error();
    if (*amount > 0) program.brightness = static_cast<std::int32_t>(*amount);
  }
  if (args.has("brightness")) {
    const auto percent = args.integer("brightness", 0, 100);
    if (!percent.ok()) return percent.error();
    program.brightness = static_cast<std::int32_t>(*percent);
  }
  auto color =
      args.has("color") ? color_argument(args, "color") : Result<std::string>(std::string("#ffffff"));
  if (!color.ok()) return color.error();
  program.color = std::move(*color);
  return {};
}

Result<Program> program_argument(const Arguments& args) {
  Program program;
  const auto name = args.text("name");
  if (!name.ok()) return name.error();
  program.name = *name;
  if (const auto status = read_time(args, program); !status.ok()) return status.error();
  if (const auto status = read_action(args, program); !status.ok()) return status.error();
  return program;
}

// The document's device-id: the program is assigned to it. Its examples name devices that there aren't.
std::vector<std::string> device_to_assign(Call& call) {
  const auto id = call.args().has("device-id") ? call.args().integer("device-id") : Result<std::int64_t>(0);
  const auto* device = id.ok() ? find_number(call, *id) : nullptr;
  if (!device) return {};
  return {device->device};
}

void reply_id(Call& call, std::int64_t id) {
  auto response = call.success();
  response.field("id", id);
  call.reply(response);
}

}  // namespace

Status define_program(Call& call) {
  const auto program = program_argument(call.args());
  if (!program.ok()) return program.error();
  call.ask<ProgramDefined>(ProgramWanted{0, *program, device_to_assign(call)},
                           [&call](const ProgramDefined& defined) { reply_id(call, defined.number); });
  return {};
}

Status update_program(Call& call) {
  const auto id = call.args().integer("id");
  if (!id.ok()) return id.error();
  const auto known = seek_program(call, "id");
  if (!known.ok()) return known.error();
  const auto program = program_argument(call.args());
  if (!program.ok()) return program.error();
  if (!*known) {
    reply_id(call, *id);
    return {};
  }
  call.ask<ProgramDefined>(ProgramWanted{(*known)->number, *program, device_to_assign(call)},
                           [&call, id = *id](const ProgramDefined&) { reply_id(call, id); });
  return {};
}

// The original calls the program's id device-id, the document doesn't know the request: both are there.
Status delete_program(Call& call) {
  const auto program = seek_program(call);
  if (!program.ok()) return program.error();
  const auto gone = [&call] {
    auto response = call.success();
    call.echo(response, "device-id", "program-id");
    call.echo(response, "program-id");
    call.reply(response);
  };
  if (*program) {
    call.ask(ProgramUnwanted{(*program)->number}, gone);
  } else {
    gone();
  }
  return {};
}

}  // namespace hearth::athome
