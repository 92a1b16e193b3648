// Plan: a database of the original as what this house shall take over, and what had to be changed on the way.
#ifndef HEARTH_ATHOME_IMPORT_PLAN_HPP
#define HEARTH_ATHOME_IMPORT_PLAN_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../manufacturers.hpp"
#include "../presets.hpp"
#include "hearth/house.hpp"
#include "legacy.hpp"

namespace hearth::athome {

struct Plan {
  HouseImport house;
  std::vector<std::int64_t> old_ids;                 // of house.devices, one by one
  std::vector<Preset> presets;                       // of house.devices, one by one
  std::size_t known_devices = 0;                     // of them: the house has them already
  std::size_t known_groups = 0, known_programs = 0;  // left out: they are here just so
  std::size_t assignments = 0;                       // of devices to programs, in the file
  std::vector<std::string> notes;                    // what is not as it stood in the file
};

// Bends every row to what a house can hold; nothing of it is refused then. [loop]
Plan plan_import(const Legacy& legacy, const House& house, const IsDriver& is_driver);

}  // namespace hearth::athome

#endif
