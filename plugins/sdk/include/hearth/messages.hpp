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
};

struct GroupUnwanted {
  std::uint32_t number = 0;
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
