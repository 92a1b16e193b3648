// Requests about programs, the sun, and what happens when a program's time has come.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/home/home.hpp"

namespace hearth::core {

namespace {

const Capability* writable(const DeviceRecord& device, std::string_view name) {
  const auto* capability = device.find(name);
  return capability && capability->writable ? capability : nullptr;
}

// A wish within what the device can do.
std::int64_t within(const Capability& range, std::int64_t percent) {
  if (!range.has_range()) return percent;
  return std::llround(std::clamp(static_cast<double>(percent), range.min, range.max));
}

// What the program has the device do, in order. A device that can't do a part of it does the rest.
std::vector<Command> commands_for(const Program& program, const DeviceRecord& device) {
  std::vector<Command> commands;
  const bool light = program.command == ProgramCommand::kOn || program.command == ProgramCommand::kDim ||
                     program.command == ProgramCommand::kBright;
  if (const auto* range = writable(device, "brightness"); light && range && program.brightness >= 0)
    commands.push_back({device.id(), "brightness", within(*range, program.brightness)});
  if (program.command == ProgramCommand::kOn && !program.color.empty() && writable(device, "color"))
    commands.push_back({device.id(), "color", program.color});
  const bool switches = program.command == ProgramCommand::kOn || program.command == ProgramCommand::kOff;
  const bool unknown = device.declared.capabilities.empty() && !device.declared.reachable;
  if (switches && (unknown || writable(device, "on_off")))
    commands.push_back({device.id(), "on_off", program.command == ProgramCommand::kOn});
  return commands;
}

}  // namespace

bool Home::program_requested(const Message& message, const Answer& answer) {
  const auto id = message.id;
  if (message.type == kType<ProgramWanted>)
    return with<ProgramWanted>(message, answer, [&](const ProgramWanted& wanted) {
      put_program(wanted, result_for<ProgramDefined>(id, answer));
    });
  if (message.type == kType<ProgramAssignment>)
    return with<ProgramAssignment>(message, answer, [&](const ProgramAssignment& wanted) {
      assign(wanted, result_for<ProgramAssigned>(id, answer));
    });
  if (message.type == kType<ProgramUnwanted>)
    return with<ProgramUnwanted>(message, answer, [&](const ProgramUnwanted& unwanted) {
      remove_program(unwanted.number, status_for(id, answer));
    });
  if (message.type == kType<SunWanted>)
    return with<SunWanted>(message, answer, [&](const SunWanted& wanted) {
      const auto sun = scheduler_.sun(wanted.date);
      answer(sun.ok() ? own_answer(id, *sun) : refusal_of(id, sun.error()));
    });
  return false;
}

void Home::put_program(const ProgramWanted& wanted, std::function<void(Result<ProgramDefined>)> done) {
  const auto* before = programs_.find(wanted.number);
  // Another name or other devices don't make it run again today.
  const bool same_time = before && Scheduler::same_time(before->program, wanted.program);
  const auto record = programs_.put(wanted, wall_now_us());
  if (!record.ok()) return done(record.error());
  tell(**record);
  if (!same_time) scheduler_.put(**record);
  keeper_.write(
      store::PutProgram{to_row(**record), !same_time},
      [fact = programs_.fact(**record), done = std::move(done)](const Status& status) {
        status.ok() ? done(fact) : done(Error{ErrorCode::kFailed, "not kept: " + status.error().words});
      });
}

void Home::assign(const ProgramAssignment& wanted, std::function<void(Result<ProgramAssigned>)> done) {
  const auto assigned = programs_.assign(wanted);
  if (!assigned.ok() || assigned->changed == 0) return done(assigned);
  const auto& record = *programs_.find(wanted.number);
  tell(record);
  keep(record, [assigned, done = std::move(done)](const Status& status) {
    status.ok() ? done(assigned) : done(Error{ErrorCode::kFailed, "not kept: " + status.error().words});
  });
}

void Home::remove_program(std::uint32_t number, std::function<void(Status)> done) {
  if (!programs_.remove(number)) return done({ErrorCode::kInvalid, "no such program"});
  scheduler_.remove(number);
  facts_.forget(kType<ProgramDefined>, std::to_string(number));
  tell_end(own(kType<ProgramRemoved>, encode(builder_, ProgramRemoved{number})));
  keeper_.write(store::RemoveProgram{number}, std::move(done));
}

// Written down before it is done: after a crash in between it isn't done twice. When the disk fails it is
// done all the same.
void Home::fire(std::uint32_t program, const Occasion& occasion, bool missed) {
  keeper_.write(store::PutFiring{{program, occasion.day}},
                [this, program, missed, due_us = occasion.at_us](const Status&) {
                  if (!missed) run_program(program, due_us);
                });
}

void Home::run_program(std::uint32_t number, std::int64_t due_us,
                       std::function<void(std::vector<CommandDone>)> done) {
  struct Run {
    std::size_t left = 1;  // and this function
    std::vector<CommandDone> outcomes;
    std::function<void(std::vector<CommandDone>)> done;
    void one_less() {
      if (--left == 0 && done) done(std::move(outcomes));
    }
  };
  const auto run = std::make_shared<Run>();
  run->done = std::move(done);
  const auto* found = programs_.find(number);
  if (!found) return run->one_less();
  const auto record = *found;  // what its commands lead to may change it
  const Message fired =
      own(kType<ProgramFired>, encode(builder_, ProgramFired{number, record.program.name, due_us}));
  const auto before = std::exchange(cause_, fired.id);
  tell(fired);
  log_.write(LogLevel::kInfo, {}, {}, fmt::format("program \"{}\" runs", record.program.name));
  for (const auto device : record.devices) {
    const auto* switched = devices_.find(device);
    if (!switched) continue;
    for (const auto& wish : commands_for(record.program, *switched)) {
      ++run->left;
      command(wish, [this, run, name = record.program.name](const CommandDone& outcome) {
        if (outcome.outcome != Outcome::kOk && outcome.outcome != Outcome::kSuperseded)
          log_.write(
              LogLevel::kWarning, {}, outcome.device,
              fmt::format("program \"{}\": {}: {}", name, hearth::name(outcome.outcome), outcome.words));
        run->outcomes.push_back(outcome);
        run->one_less();
      });
    }
  }
  cause_ = before;
  run->one_less();
}

}  // namespace hearth::core
