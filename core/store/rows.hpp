// What the store keeps, as plain rows, and the changes that can be made to them.
#ifndef HEARTH_CORE_STORE_ROWS_HPP
#define HEARTH_CORE_STORE_ROWS_HPP

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::store {

// All texts are UTF-8 without a NUL; the caller has checked them. Times are microseconds of the wall clock.

struct DeviceRow {
  std::int64_t number = 0;  // never reused, not even after the device was removed
  std::string id;           // unique
  std::string plugin;
  std::string name;
  std::string location;
  std::string address;
  std::int64_t channel = 0;
  bool wanted = false;                    // asked for by a client, not (yet) declared by its driver
  bool named = false;                     // a person chose the name: it wins over the driver's
  std::vector<std::uint8_t> declaration;  // the capabilities, opaque here
  bool operator==(const DeviceRow&) const = default;
};

struct GroupRow {
  std::int64_t number = 0;  // never reused
  std::string name;
  std::vector<std::int64_t> devices;  // in the order a person gave them, each once
  bool operator==(const GroupRow&) const = default;
};

struct ProgramRow {
  std::int64_t number = 0;  // never reused
  std::string name;
  std::string days;
  std::string trigger;  // a word: none, clock, sunrise, sunset
  std::int64_t time_s = 0;
  std::int64_t offset_min = 0;
  bool randomize = false;
  std::int64_t random_min = 0;
  std::string command;  // a word: none, on, off, dim, bright
  std::int64_t brightness = -1;
  std::string color;
  std::int64_t updated_us = 0;
  std::vector<std::int64_t> devices;  // in the order of their assignment, each once
  bool operator==(const ProgramRow&) const = default;
};

// That a program's time came on a date: what must not be done twice.
struct FiringRow {
  std::int64_t program = 0;
  std::int64_t day = 0;  // since 1970-01-01, of the date that its days name
  auto operator<=>(const FiringRow&) const = default;
};

struct StateRow {
  std::int64_t device = 0;
  std::string capability;
  std::string reported;  // JSON text; empty: nothing reported yet
  std::int64_t reported_us = 0;
  std::string desired;  // JSON text; empty: nothing wished yet
  std::int64_t desired_us = 0;
  bool operator==(const StateRow&) const = default;
};

using StateKey = std::pair<std::int64_t, std::string>;  // device, capability
using States = std::map<StateKey, StateRow>;

// Everything that was there when the store was opened.
struct Snapshot {
  std::vector<DeviceRow> devices;  // by number
  std::vector<GroupRow> groups;    // by number
  std::vector<StateRow> states;
  std::vector<ProgramRow> programs;  // by number
  std::vector<FiringRow> firings;    // by program and day
  std::map<std::string, std::vector<std::uint8_t>> plugin_data;
  std::map<std::string, std::string> settings;
  std::int64_t next_device = 1;  // above every number ever stored, removed ones included
  std::int64_t next_group = 1;
  std::int64_t next_program = 1;
};

// Put makes or replaces. Removing what isn't there succeeds.
struct PutDevice {
  DeviceRow row;
};
// Takes the device's states, its group memberships and its programs' assignments with it.
struct RemoveDevice {
  std::int64_t number = 0;
};
// Every member must be a stored device.
struct PutGroup {
  GroupRow row;
};
struct RemoveGroup {
  std::int64_t number = 0;
};
// Every device must be a stored one. What the program's firings were stays, unless it is to be forgotten.
struct PutProgram {
  ProgramRow row;
  bool forget_firings = false;
};
struct RemoveProgram {
  std::int64_t number = 0;
};
// Keeps the newest 32 of the program. One of a program that is gone is left out.
struct PutFiring {
  FiringRow row;
};
struct PutPluginData {
  std::string key;
  std::vector<std::uint8_t> value;
};
struct RemovePluginData {
  std::string key;
};
struct PutSetting {
  std::string key;
  std::string value;
};
struct RemoveSetting {
  std::string key;
};

// Several at once, in this order: all of them or, if one is wrong, none.
struct PutTogether {
  std::vector<PutDevice> devices;
  std::vector<PutGroup> groups;
  std::vector<PutProgram> programs;
};

using Change =
    std::variant<PutDevice, RemoveDevice, PutGroup, RemoveGroup, PutProgram, RemoveProgram, PutFiring,
                 PutPluginData, RemovePluginData, PutSetting, RemoveSetting, PutTogether>;

}  // namespace hearth::store

#endif
