// The messages of the house as plain structs: what authors see of schemas/messages/*.fbs, field by field. A
// test holds them equal.
#ifndef HEARTH_MESSAGES_HPP
#define HEARTH_MESSAGES_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "hearth/capability.hpp"
#include "hearth/value.hpp"

namespace hearth {

// Device ids are "<plugin>:<native id>" everywhere but inside a Driver, which sees its own native ids.

struct DeviceDeclared {
  std::string device;
  std::uint32_t number = 0;  // given by home
  std::string name, location, address;
  std::int32_t channel = 0;
  std::string kind;
  std::vector<Capability> capabilities;
  bool reachable = true;
  std::string reason;    // why not
  std::string replaces;  // the id that this device had before its own was known
};

struct DeviceRemoved {
  std::string device;
};

struct DeviceReachable {
  std::string device;
  bool reachable = true;
  std::string reason;
};

struct DeviceWanted {
  std::string driver, address;
  std::int32_t channel = 0;
  std::string name, location;
  std::uint32_t number = 0;    // not 0: that device shall be the one at this address
  bool only_if_found = false;  // what its driver doesn't reach now isn't kept
};

struct DeviceUnwanted {
  std::string device;
};

struct DevicesSought {
  std::string driver;       // empty: every driver
  bool bring_back = false;  // those that were unwanted come back
};

struct FoundDevice {
  std::string device, name, address, kind, model;
  std::uint32_t channels = 0;
};

struct DevicesFound {
  std::vector<FoundDevice> devices;
  std::vector<std::string> failures;
};

struct DeviceTaken {
  std::string device;
  std::uint32_t number = 0;
};

struct Command {
  std::string device, capability;
  Value value;
  std::uint32_t deadline_ms = 8000;
};

enum class Outcome : std::uint8_t { kOk, kError, kTimeout, kBusy, kUnreachable, kSuperseded };

constexpr std::string_view name(Outcome outcome) {
  constexpr std::string_view names[] = {"ok", "error", "timeout", "busy", "unreachable", "superseded"};
  return names[static_cast<std::size_t>(outcome)];
}

struct CommandDone {
  std::string device, capability;
  Outcome outcome = Outcome::kOk;
  std::string words;
};

struct StateChanged {
  std::string device, capability;
  Value value;
};

enum class StatusClass : std::uint8_t { kOff, kSetup, kSuccess, kWarning, kError };

struct StatusChanged {
  std::string subject;
  StatusClass status = StatusClass::kOff;
  std::int32_t code = 0;
  std::string words;
};

struct GroupDefined {
  std::uint32_t number = 0;
  std::string name;
  std::vector<std::string> devices;
};

struct GroupRemoved {
  std::uint32_t number = 0;
};

struct GroupWanted {
  std::uint32_t number = 0;
  std::string name;
  std::vector<std::string> devices;
  bool keep_devices = false;  // the members stay, `devices` come on top
};

struct GroupUnwanted {
  std::uint32_t number = 0;
};

struct GroupMember {
  std::uint32_t number = 0;
  std::string device;
  bool member = true;
};

enum class ProgramTrigger : std::uint8_t { kNone, kClock, kSunrise, kSunset };
enum class ProgramCommand : std::uint8_t { kNone, kOn, kOff, kDim, kBright };

constexpr std::string_view name(ProgramTrigger trigger) {
  constexpr std::string_view names[] = {"none", "clock", "sunrise", "sunset"};
  return names[static_cast<std::size_t>(trigger)];
}
constexpr std::string_view name(ProgramCommand command) {
  constexpr std::string_view names[] = {"none", "on", "off", "dim", "bright"};
  return names[static_cast<std::size_t>(command)];
}

struct Program {
  std::string name;
  std::string days = "MTWTFSS";  // Monday first; '-' or '.': not on that day
  ProgramTrigger trigger = ProgramTrigger::kNone;
  std::uint32_t time_s = 0;  // after midnight
  std::int32_t offset_min = 0;
  bool randomize = false;
  std::uint32_t random_min = 0;
  ProgramCommand command = ProgramCommand::kNone;
  std::int32_t brightness = -1;  // percent; -1: as it is
  std::string color;             // "#RRGGBB"; empty: as it is

  bool operator==(const Program&) const = default;
};

struct ProgramDefined {
  std::uint32_t number = 0;
  Program program;
  std::vector<std::string> devices;
  std::int64_t updated_us = 0;
};

struct ProgramRemoved {
  std::uint32_t number = 0;
};

struct ProgramWanted {
  std::uint32_t number = 0;
  Program program;
  std::vector<std::string> devices;
  bool only_these = false;  // and no other devices
};

struct ProgramUnwanted {
  std::uint32_t number = 0;
};

struct ProgramAssignment {
  std::uint32_t number = 0;
  std::vector<std::string> devices;
  bool assigned = true;
};

struct ProgramAssigned {
  std::uint32_t number = 0, changed = 0, unchanged = 0;
};

struct ProgramFired {
  std::uint32_t number = 0;
  std::string name;
  std::int64_t due_us = 0;
};

enum class Polar : std::uint8_t { kNo, kDay, kNight };

struct SunWanted {
  std::string date;
};

struct SunTimes {
  std::int64_t sunrise_us = 0, sunset_us = 0;
  Polar polar = Polar::kNo;
};

struct ImportedDevice {
  std::uint32_t number = 0;
  std::string driver, address;
  std::int32_t channel = 0;
  std::string name, location;
};

struct ImportedGroup {
  std::uint32_t number = 0;
  std::string name;
  std::vector<std::uint32_t> devices;
};

struct ImportedProgram {
  std::uint32_t number = 0;
  Program program;
  std::vector<std::uint32_t> devices;
};

struct HouseImport {
  std::vector<ImportedDevice> devices;
  std::vector<ImportedGroup> groups;
  std::vector<ImportedProgram> programs;
};

struct HouseImported {
  std::vector<std::uint32_t> devices, groups, programs;
};

struct StorePut {
  std::vector<std::uint8_t> data;
};

struct PluginState {
  std::string plugin, version, kind, state, reason;
};

struct PluginNote {
  std::string plugin, key, value;
};

struct Sync {};

struct VerbCall {
  std::string word, verb;
  std::vector<std::string> args;
};

struct VerbProgress {
  std::string text;
};

struct VerbResult {
  std::string text, json;
};

}  // namespace hearth

#endif
