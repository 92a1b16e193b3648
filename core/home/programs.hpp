// Programs: what the house does by itself, and to which devices.
#ifndef HEARTH_CORE_HOME_PROGRAMS_HPP
#define HEARTH_CORE_HOME_PROGRAMS_HPP

#include <string>
#include <vector>

#include "core/home/rosters.hpp"

namespace hearth::core {

struct ProgramRecord {
  std::uint32_t number = 0;
  Program program;
  std::vector<std::uint32_t> devices;
  std::int64_t updated_us = 0;  // when it was defined or changed; wall clock
};

// When they run is the scheduler's. [home]
class Programs : public Roster<ProgramRecord> {
 public:
  static constexpr std::size_t kMaxPrograms = 20'000;
  static constexpr std::size_t kMaxDevices = 512;  // of one, such that a ProgramDefined fits a frame

  explicit Programs(Devices& devices) : devices_(devices) {}

  void restore(const store::Snapshot& snapshot);

  // Makes a program (number 0) or changes one; `wanted.devices` are assigned besides those that are. Errors:
  // unknown number or device, what judge_program() finds. `number` is the wish for a new one's.
  Result<const ProgramRecord*> put(const ProgramWanted& wanted, std::int64_t now_us,
                                   std::uint32_t number = 0);
  // Errors: unknown number or device, too many. Nothing is assigned then.
  Result<ProgramAssigned> assign(const ProgramAssignment& wanted);

  ProgramDefined fact(const ProgramRecord& program) const;

 private:
  Devices& devices_;
};

store::ProgramRow to_row(const ProgramRecord& program);

}  // namespace hearth::core

#endif
