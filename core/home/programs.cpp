// Making, changing and assigning programs.
#include "core/home/programs.hpp"

#include "core/home/judge.hpp"

namespace hearth::core {

namespace {

// A word that this version doesn't know is none.
template <class Enum>
Enum of_name(std::string_view word, Enum last) {
  for (auto i = std::uint8_t{0}; i <= static_cast<std::uint8_t>(last); ++i)
    if (name(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  return Enum{};
}

ProgramRecord from_row(const store::ProgramRow& row) {
  ProgramRecord record;
  record.number = static_cast<std::uint32_t>(row.number);
  record.program = {row.name,
                    row.days,
                    of_name(row.trigger, ProgramTrigger::kSunset),
                    static_cast<std::uint32_t>(row.time_s),
                    static_cast<std::int32_t>(row.offset_min),
                    row.randomize,
                    static_cast<std::uint32_t>(row.random_min),
                    of_name(row.command, ProgramCommand::kBright),
                    static_cast<std::int32_t>(row.brightness),
                    row.color};
  record.updated_us = row.updated_us;
  return record;
}

Error too_many() { return {ErrorCode::kInvalid, "more than 512 devices of a program"}; }

}  // namespace

store::ProgramRow to_row(const ProgramRecord& record) {
  const auto& p = record.program;
  return {record.number,
          p.name,
          p.days,
          std::string(name(p.trigger)),
          p.time_s,
          p.offset_min,
          p.randomize,
          p.random_min,
          std::string(name(p.command)),
          p.brightness,
          p.color,
          record.updated_us,
          std::vector<std::int64_t>(record.devices.begin(), record.devices.end())};
}

// What a damaged file makes of a program must not run.
void Programs::restore(const store::Snapshot& snapshot) {
  restore_next(snapshot.next_program);
  for (const auto& row : snapshot.programs) {
    auto record = from_row(row);
    if (!judge_program(record.program).ok()) record.program.trigger = ProgramTrigger::kNone;
    record.devices = known_of(devices_, row.devices);
    Roster::restore(std::move(record));
  }
}

Result<const ProgramRecord*> Programs::put(const ProgramWanted& wanted, std::int64_t now_us,
                                           std::uint32_t number) {
  auto* record = find(wanted.number);
  if (wanted.number != 0 && !record) return Error{ErrorCode::kInvalid, "no such program"};
  if (!record && all().size() >= kMaxPrograms) return Error{ErrorCode::kBusy, "more than 20000 programs"};
  if (const auto status = judge_program(wanted.program); !status.ok()) return status.error();
  if (wanted.devices.size() > kMaxDevices) return too_many();
  const auto devices = numbers_of(devices_, wanted.devices);
  if (!devices.ok()) return devices.error();
  const bool keep = record && !wanted.only_these;
  auto all = united(keep ? record->devices : std::vector<std::uint32_t>(), *devices);
  if (all.size() > kMaxDevices) return too_many();
  if (!record) record = &add(number);
  record->program = wanted.program;
  record->devices = std::move(all);
  record->updated_us = now_us;
  return record;
}

Result<ProgramAssigned> Programs::assign(const ProgramAssignment& wanted) {
  auto* record = find(wanted.number);
  if (!record) return Error{ErrorCode::kInvalid, "no such program"};
  if (wanted.devices.size() > kMaxDevices) return too_many();
  const auto devices = numbers_of(devices_, wanted.devices);
  if (!devices.ok()) return devices.error();
  auto all = record->devices;
  ProgramAssigned answer{wanted.number, 0, 0};
  for (const auto device : *devices) {
    const auto place = std::find(all.begin(), all.end(), device);
    if ((place != all.end()) == wanted.assigned) {
      ++answer.unchanged;
      continue;
    }
    wanted.assigned ? all.push_back(device) : static_cast<void>(all.erase(place));
    ++answer.changed;
  }
  if (all.size() > kMaxDevices) return too_many();
  record->devices = std::move(all);
  return answer;
}

ProgramDefined Programs::fact(const ProgramRecord& record) const {
  return {record.number, record.program, ids_of(devices_, record.devices), record.updated_us};
}

}  // namespace hearth::core
