// What an import makes of a whole database: its rows, and who belongs to whom.
#include <limits>

#include "core/home/judge.hpp"
#include "plans.hpp"

using namespace hearth;
using namespace hearth::test;
using athome::Legacy;
using athome::Preset;

namespace {

// Home's own rules.
void check_acceptable(const HouseImport& house) {
  for (const auto& d : house.devices)
    CHECK(core::judge_wanted({d.driver, d.address, d.channel, d.name, d.location}).ok());
  for (const auto& p : house.programs) CHECK(core::judge_program(p.program).ok());
  for (const auto& g : house.groups) CHECK((!g.name.empty() && core::is_clean(g.name, core::kMaxName)));
}

}  // namespace

TEST_CASE("what a house can hold is planned as it stands, without a note") {
  Legacy legacy;
  legacy.devices = {device(3), {7, "Küche", "Flur", "TPLink", "192.0.2.7", "2", "#12AB34", "55"}};
  legacy.groups = {{5, "All"}, {6, "None"}};
  legacy.programs = {program(9)};
  legacy.programs[0].offset = "-15";
  legacy.programs[0].randomize = 1;
  legacy.programs[0].randomizeamount = "30";
  legacy.programs[0].color = "#FF8800";
  legacy.programs[0].brightness = "40";
  legacy.members = {{5, 7}, {5, 3}};
  legacy.assignments = {{9, 7}};
  const auto made = plan(legacy);
  CHECK(made.notes.empty());
  CHECK(made.old_ids == std::vector<std::int64_t>{3, 7});
  REQUIRE(made.house.devices.size() == 2);
  const auto& d = made.house.devices[1];
  CHECK(d.number == 7);
  CHECK(d.driver == "tplink");
  CHECK(d.address == "192.0.2.7");
  CHECK(d.channel == 2);
  CHECK(d.name == "Küche");
  CHECK(d.location == "Flur");
  CHECK(made.house.devices[0].driver == "simulated");
  CHECK(made.presets == std::vector<Preset>{{}, {55, "#12AB34"}});
  REQUIRE(made.house.groups.size() == 2);
  CHECK(made.house.groups[0].number == 5);
  CHECK(made.house.groups[0].devices == Places{1, 0});
  CHECK(made.house.groups[1].devices.empty());
  REQUIRE(made.house.programs.size() == 1);
  const Program evening{"Evening", "MTWTFSS", ProgramTrigger::kClock, 63'900, -15,
                        true,      30,        ProgramCommand::kOn,    40,     "#FF8800"};
  CHECK(made.house.programs[0].number == 9);
  CHECK(made.house.programs[0].program == evening);
  CHECK(made.house.programs[0].devices == Places{1});
  CHECK(made.assignments == 1);
  CHECK(made.known_devices + made.known_groups + made.known_programs == 0);
}

TEST_CASE("nothing is planned of nothing") {
  const auto made = plan({});
  CHECK(made.house.devices.empty());
  CHECK(made.notes.empty());
}

TEST_CASE("groups and programs without a name get one") {
  Legacy legacy;
  legacy.groups = {{5, ""}};
  legacy.programs = {program(9)};
  legacy.programs[0].name = "";
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].name == "group 5");
  CHECK(made.house.programs[0].program.name == "program 9");
  CHECK(made.notes.size() == 2);
}

TEST_CASE("an id that can't be a number here becomes none, and its row is still the one that is named") {
  for (const std::int64_t id :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 20, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    Legacy legacy;
    legacy.devices = {device(1), device(id)};
    legacy.groups = {{id, "All"}};
    legacy.programs = {program(id)};
    legacy.members = {{id, id}};
    legacy.assignments = {{id, id}};
    const auto made = plan(legacy);
    CHECK(made.house.devices[1].number == 0);
    CHECK(made.house.groups[0].number == 0);
    CHECK(made.house.groups[0].devices == Places{1});
    CHECK(made.house.programs[0].number == 0);
    CHECK(made.house.programs[0].devices == Places{1});
    CHECK(made.old_ids[1] == id);
  }
}

TEST_CASE("members that name nothing are noted, those of groups that aren't there are nothing") {
  Legacy legacy;
  legacy.devices = {device(1)};
  legacy.groups = {{5, "All"}};
  legacy.programs = {program(9)};
  legacy.members = {{5, 77}, {5, 1}, {6, 1}};
  legacy.assignments = {{9, 78}, {10, 1}};
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices == Places{0});
  CHECK(made.house.programs[0].devices.empty());
  CHECK(made.notes == Notes{"group 5: there is no device 77", "program 9: there is no device 78"});
  CHECK(made.assignments == 2);
}

TEST_CASE("a device that is named twice is a member once") {
  Legacy legacy;
  legacy.devices = {device(1), device(2)};
  legacy.groups = {{5, "All"}};
  legacy.members = {{5, 2}, {5, 1}, {5, 2}};
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices == Places{1, 0});
  CHECK(made.notes.empty());
}

TEST_CASE("rows with the same id are all planned, and the last is the one that is named") {
  Legacy legacy;
  legacy.devices = {device(1), device(1)};
  legacy.devices[1].address = "elsewhere";
  legacy.groups = {{5, "All"}, {5, "All"}};
  legacy.members = {{5, 1}};
  const auto made = plan(legacy);
  CHECK(made.house.devices.size() == 2);
  REQUIRE(made.house.groups.size() == 2);
  CHECK(made.house.groups[0].devices == Places{1});
}

TEST_CASE("of more than 512 members the first are taken, and that is noted") {
  Legacy legacy;
  legacy.groups = {{5, "All"}};
  for (std::int64_t id = 1; id <= 600; ++id) {
    legacy.devices.push_back(device(id));
    legacy.members.emplace_back(5, id);
  }
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices.size() == 512);
  CHECK(made.house.groups[0].devices.back() == 511);
  CHECK(made.notes == Notes{"group 5: only its first 512 devices"});
}

TEST_CASE("whatever the rows hold, what is planned is what a house accepts") {
  const std::string texts[] = {"",
                               std::string("\0", 1),
                               "\n\t\x1b[31m",
                               std::string(70'000, 'x'),
                               "\xff\xfe\xc3",
                               "\xf0\x9f\x92\xa1",
                               std::string(10, '\xe2') + "\x98",
                               "'; DROP TABLE device; --",
                               "-9223372036854775808",
                               "{}[]\"\\"};
  Legacy legacy;
  std::int64_t id = 0;
  for (const auto& t : texts) {
    ++id;
    legacy.devices.push_back({id, t, t, t, t, t, t, t});
    legacy.groups.push_back({id, t});
    legacy.programs.push_back({id, t, t, t, t, t, id, t, t, t, t});
    legacy.members.emplace_back(id, id);
    legacy.assignments.emplace_back(id, -id);
  }
  const auto made = plan(legacy);
  CHECK(made.house.devices.size() == std::size(texts));
  check_acceptable(made.house);
  for (const auto& words : made.notes) CHECK(core::is_clean(words, 1024));
}
