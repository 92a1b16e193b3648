// Programs as lists and one by one: QueryPrograms, QueryDeviceProgram(s), QueryAvailablePrograms.
#include <algorithm>

#include "../program_time.hpp"
#include "find_device.hpp"
#include "find_group.hpp"
#include "requests.hpp"

namespace hearth::athome {

namespace {

// What the document has besides (dimamount, args) is there too, and deviceid where a device was asked for.
std::string program_json(const ProgramDefined& defined, std::optional<std::int64_t> device = {}) {
  const auto& p = defined.program;
  LocalTime time;
  std::string json = concat("{\"id\": ", defined.number);
  const auto number = [&](std::string_view key, std::int64_t value) {
    json += concat(", \"", key, "\": ", value);
  };
  const auto text = [&](std::string_view key, std::string_view value) {
    net::json::append_text(json.append(concat(", \"", key, "\": ")), value, kWireStyle);
  };
  text("name", p.name);
  if (device) number("deviceid", *device);
  text("daymask", p.days);
  text("triggermethod", kTriggerWords[static_cast<std::size_t>(p.trigger)]);
  text("time", time_text(p.time_s));
  number("offset", p.offset_min);
  number("randomize", p.randomize ? 1 : 0);
  number("randomizeamount", p.random_min);
  text("command", kCommandWords[static_cast<std::size_t>(p.command)]);
  text("color", p.color.empty() ? std::string_view("#ffffff") : p.color);
  number("brightness", p.brightness < 0 ? 100 : p.brightness);
  text("updatetime", time.text(defined.updated_us));
  number("dimamount", 0);
  text("args", "");
  return json.append("}");
}

template <class Programs>
std::string list_json(const Programs& programs, std::optional<std::int64_t> device = {}) {
  std::string list = "[";
  for (const ProgramDefined* program : programs)
    list.append(list.size() > 1 ? ", " : "").append(program_json(*program, device));
  return list.append("]");
}

// Those that are `wanted`, in the order of their numbers.
template <class Wanted>
std::vector<const ProgramDefined*> programs_where(Call& call, Wanted wanted) {
  std::vector<const ProgramDefined*> found;
  for (const auto& [number, program] : call.services().house.programs())
    if (wanted(program)) found.push_back(&program);
  return found;
}

bool switches(const ProgramDefined& program, const House::Device* device) {
  if (!device) return false;
  const auto& ids = program.devices;
  return std::find(ids.begin(), ids.end(), device->device) != ids.end();
}

}  // namespace

Status query_programs(Call& call) {
  if (call.args().has("program-id")) return query_device_program(call);
  call.reply_with("programs", list_json(programs_where(call, [](const ProgramDefined&) { return true; })));
  return {};
}

Status query_device_program(Call& call) {
  const auto program = find_program(call);
  if (!program.ok()) return program.error();
  call.reply_with("program", program_json(**program));
  return {};
}

Status query_device_programs(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const auto* device = find_number(call, *id);
  const auto programs = programs_where(call, [&](const ProgramDefined& p) { return switches(p, device); });
  call.reply_with("programs", list_json(programs, *id));
  return {};
}

Status query_available_programs(Call& call) {
  const auto id = call.args().integer("device-id");
  if (!id.ok()) return id.error();
  const auto* device = find_number(call, *id);
  auto programs = programs_where(call, [&](const ProgramDefined& p) { return !switches(p, device); });
  std::stable_sort(programs.begin(), programs.end(),
                   [](auto* a, auto* b) { return a->program.name < b->program.name; });
  call.reply_with("programs", list_json(programs));
  return {};
}

}  // namespace hearth::athome
