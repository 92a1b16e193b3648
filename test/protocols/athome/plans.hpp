// What the tests of an import's plan share: rows as a database has them, and the plan of them.
#ifndef HEARTH_TEST_PROTOCOLS_ATHOME_PLANS_HPP
#define HEARTH_TEST_PROTOCOLS_ATHOME_PLANS_HPP

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/athome/import/plan.hpp"

namespace hearth::test {

using Notes = std::vector<std::string>;
using Places = std::vector<std::uint32_t>;

inline athome::Plan plan(const athome::Legacy& legacy, const House& house) {
  return athome::plan_import(legacy, house,
                             [](std::string_view id) { return id == "simulated" || id == "tplink"; });
}

// Into a house that has nothing yet.
inline athome::Plan plan(const athome::Legacy& legacy) { return plan(legacy, House()); }

inline athome::Legacy::Device device(std::int64_t id) {
  return {id, "Lamp", "Hall", "dummy", "lamp-" + std::to_string(id), "0", "", ""};
}

inline athome::Legacy::Program program(std::int64_t id) {
  return {id, "Evening", "MTWTFSS", "clock-time", "1900-01-01 17:45:00", "0", 0, "0", "on", "", ""};
}

// The plan of one device, of one program, bent before.
template <class Bend>
athome::Plan bent_device(Bend bend) {
  athome::Legacy legacy;
  legacy.devices = {device(4)};
  bend(legacy.devices[0]);
  auto made = plan(legacy);
  REQUIRE(made.house.devices.size() == 1);
  return made;
}
template <class Bend>
athome::Plan bent_program(Bend bend) {
  athome::Legacy legacy;
  legacy.programs = {program(4)};
  bend(legacy.programs[0]);
  auto made = plan(legacy);
  REQUIRE(made.house.programs.size() == 1);
  return made;
}

}  // namespace hearth::test

#endif
