// What a database of the original server holds, as it stands there.
#ifndef HEARTH_ATHOME_IMPORT_LEGACY_HPP
#define HEARTH_ATHOME_IMPORT_LEGACY_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::athome {

// Rows by their ids. Texts may be anything; a number that is none is 0.
struct Legacy {
  struct Device {
    std::int64_t id = 0;
    std::string name, location, mfg, address;
    std::string channel, color, brightness;  // the file's types differ from version to version
  };
  struct Program {
    std::int64_t id = 0;
    std::string name, daymask, triggermethod, time, offset;
    std::int64_t randomize = 0;
    std::string randomizeamount, command, color, brightness;
  };
  struct Group {
    std::int64_t id = 0;
    std::string name;
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;

  std::string schema;  // "5.2.0.0"
  std::vector<Device> devices;
  std::vector<Program> programs;
  std::vector<Group> groups;
  std::vector<Pair> assignments;  // program, device
  std::vector<Pair> members;      // group, device
};

inline constexpr std::size_t kMaxLegacyFile = std::size_t{32} << 20;  // bytes
inline constexpr std::size_t kMaxLegacyRows = 20'000;                 // of one table

// Reads the bytes of a file of schema 5.2, which is not trusted: what takes longer than five seconds or has
// more rows is refused, as is everything else that is no such database. [any]
Result<Legacy> read_legacy(std::string bytes);

}  // namespace hearth::athome

#endif
