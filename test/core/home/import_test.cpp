// Taking over what another server kept: as a whole, with its numbers, for good.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Ids = std::vector<std::string>;
using Numbers = std::vector<std::uint32_t>;

Program evening(const std::string& name = "Evening") {
  Program p;
  p.name = name;
  p.trigger = ProgramTrigger::kClock;
  p.time_s = 1;
  p.command = ProgramCommand::kOff;
  return p;
}

ImportedDevice device(std::uint32_t number, const std::string& address) {
  return {number, "sim", address, 0, "Lamp " + std::to_string(number), "Hall"};
}

HouseImport household() {
  return {{device(7, "192.0.2.7"), device(3, "192.0.2.3")},
          {{5, "All", {1, 0, 1}}, {6, "None", {}}},
          {{9, evening(), {0}}}};
}

struct Scene : Stage {
  HouseImported taken(const HouseImport& theirs) {
    return client.answer_as<HouseImported>(client.request(theirs));
  }
  bool is_empty() {
    return facts<DeviceDeclared>().empty() && facts<GroupDefined>().empty() &&
           facts<ProgramDefined>().empty();
  }
};

}  // namespace

TEST_CASE("a household is taken over with its numbers, names and memberships") {
  Scene s;
  const auto numbers = s.taken(household());
  CHECK(numbers.devices == Numbers{7, 3});
  CHECK(numbers.groups == Numbers{5, 6});
  CHECK(numbers.programs == Numbers{9});
  std::map<std::uint32_t, DeviceDeclared> devices;
  for (const auto& each : s.facts<DeviceDeclared>()) devices[each.number] = each;
  REQUIRE(devices.size() == 2);
  CHECK(devices[7].name == "Lamp 7");
  CHECK(devices[7].location == "Hall");
  CHECK(devices[7].address == "192.0.2.7");
  for (const auto& group : s.facts<GroupDefined>())
    CHECK(group.devices == (group.number == 5 ? Ids{devices[3].device, devices[7].device} : Ids{}));
  const auto programs = s.facts<ProgramDefined>();
  REQUIRE(programs.size() == 1);
  CHECK(programs[0].program == evening());
  CHECK(programs[0].devices == Ids{devices[7].device});
  // Numbers go on after them.
  CHECK(s.client.answer_as<GroupDefined>(s.client.request(GroupWanted{0, "New", {}})).number == 7);
  CHECK(s.client.answer_as<ProgramDefined>(s.client.request(ProgramWanted{0, evening(), {}})).number == 10);
}

TEST_CASE("a number that is taken here already becomes a new one") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  driver.publish(lamp("sim:a"));
  driver.stop("it was stopped");
  s.client.answer_as<GroupDefined>(s.client.request(GroupWanted{0, "Mine", {"sim:a"}}));
  s.client.answer_as<ProgramDefined>(s.client.request(ProgramWanted{0, evening("Mine"), {"sim:a"}}));
  const auto numbers = s.taken({{device(1, "192.0.2.1")}, {{1, "Theirs", {0}}}, {{1, evening(), {0}}}});
  CHECK(numbers.devices == Numbers{2});
  CHECK(numbers.groups == Numbers{2});
  CHECK(numbers.programs == Numbers{2});
  for (const auto& group : s.facts<GroupDefined>())
    CHECK(group.name == (group.number == 1 ? "Mine" : "Theirs"));
  for (const auto& program : s.facts<ProgramDefined>())
    CHECK(program.program.name == (program.number == 1 ? "Mine" : "Evening"));
}

TEST_CASE("a household without numbers gets the next ones") {
  Scene s;
  const auto numbers = s.taken({{device(0, "x"), device(0, "y")}, {{0, "g", {}}}, {{0, evening(), {}}}});
  CHECK(numbers.devices == Numbers{1, 2});
  CHECK(numbers.groups == Numbers{1});
  CHECK(numbers.programs == Numbers{1});
}

TEST_CASE("a household with one wrong thing is refused in words, and nothing of it is taken") {
  struct Case {
    const char* what;
    std::function<void(HouseImport&)> bend;
  };
  const Case cases[] = {
      {"a group's device out of range",
       [](HouseImport& h) {
         h.groups[0].devices = {0, 2};
       }},
      {"a program's device out of range", [](HouseImport& h) { h.programs[0].devices = {UINT32_MAX}; }},
      {"a group of 513", [](HouseImport& h) { h.groups[1].devices.assign(513, 0); }},
      {"a program of 513", [](HouseImport& h) { h.programs[0].devices.assign(513, 0); }},
      {"a group without a name", [](HouseImport& h) { h.groups[1].name.clear(); }},
      {"an unclean group", [](HouseImport& h) { h.groups[1].name = "a\x7f"; }},
      {"a program without a name", [](HouseImport& h) { h.programs[0].program.name.clear(); }},
      {"a program at 24:00", [](HouseImport& h) { h.programs[0].program.time_s = 86'400; }},
      {"a driver that is none", [](HouseImport& h) { h.devices[1].driver = "Sim Sim"; }},
      {"no address", [](HouseImport& h) { h.devices[1].address.clear(); }},
      {"an unclean name", [](HouseImport& h) { h.devices[1].name = "a\nb"; }},
      {"too many devices of a driver", [](HouseImport& h) { h.devices.resize(10'001, device(0, "x")); }},
      {"too many groups",
       [](HouseImport& h) {
         h.groups.resize(10'001, {0, "g", {}});
       }},
  };
  Scene s;
  for (const auto& c : cases) {
    INFO(c.what);
    auto house = household();
    c.bend(house);
    const auto answer = s.client.answer_to(s.client.request(house));
    CHECK(answer.status != HEARTH_OK);
    CHECK_FALSE(answer.body.text().empty());
    CHECK(s.is_empty());
  }
  CHECK(s.taken(household()).devices == Numbers{7, 3});
}

TEST_CASE("a household that names the same device twice has it once, with the later name") {
  Scene s;
  const auto numbers = s.taken({{device(7, "192.0.2.7"), device(8, "192.0.2.7")}, {{5, "Both", {0, 1}}}, {}});
  CHECK(numbers.devices == Numbers{7, 7});
  const auto devices = s.facts<DeviceDeclared>();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].name == "Lamp 8");
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{devices[0].device});
}

TEST_CASE("a device that the house knows at that address is that device") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  auto known = lamp("sim:a");
  known.address = "192.0.2.7";
  driver.publish(known);
  const auto numbers = s.taken({{device(7, "192.0.2.7")}, {{5, "All", {0}}}, {}});
  CHECK(numbers.devices == Numbers{1});
  const auto devices = s.facts<DeviceDeclared>();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].device == "sim:a");
  CHECK(devices[0].name == "Lamp 7");
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:a"});
}

TEST_CASE("a driver that runs is handed the new devices, and the answer names what they turned out to be") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  driver.publish(lamp("sim:a"));
  const auto id = s.client.request(HouseImport{{device(7, "192.0.2.7")}, {{5, "All", {0}}}, {}});
  const auto asked = driver.asked<DeviceWanted>();
  CHECK(body_of<DeviceWanted>(asked).address == "192.0.2.7");
  driver.answer(asked.id, DeviceTaken{"sim:a", 0});
  CHECK(s.client.answer_as<HouseImported>(id).devices == Numbers{1});
  REQUIRE(s.facts<DeviceDeclared>().size() == 1);
  CHECK(s.facts<DeviceDeclared>()[0].name == "Lamp 7");
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:a"});
}

TEST_CASE("a driver that fails, or goes, leaves the household taken over") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  const auto id = s.client.request(household());
  driver.fail(driver.asked<DeviceWanted>().id, HEARTH_UNREACHABLE, "nobody there");
  driver.asked<DeviceWanted>();
  driver.stop("it crashed");
  CHECK(s.client.answer_as<HouseImported>(id).devices == Numbers{7, 3});
}

TEST_CASE("an empty household is taken over, too") {
  Scene s;
  CHECK(s.taken({}).devices.empty());
  CHECK(s.is_empty());
}

TEST_CASE("a household that was taken over survives a restart, whole and with its numbers") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin client(house, "north");
    client.answer_as<HouseImported>(client.request(household()));
  }
  House house(folder.path());
  house.on_home([](Home& home) {
    REQUIRE(home.devices().find(std::uint32_t{7}) != nullptr);
    REQUIRE(home.devices().find(std::uint32_t{3}) != nullptr);
    CHECK(home.devices().find(std::uint32_t{7})->declared.name == "Lamp 7");
    REQUIRE(home.groups().find(5) != nullptr);
    CHECK(home.groups().find(5)->devices == Numbers{3, 7});
    CHECK(home.groups().find(6) != nullptr);
    REQUIRE(home.programs().find(9) != nullptr);
    CHECK(home.programs().find(9)->program == evening());
    CHECK(home.programs().find(9)->devices == Numbers{7});
  });
  FakePlugin driver(house, "sim");
  driver.started();
  CHECK(body_of<DeviceWanted>(driver.asked<DeviceWanted>()).address == "192.0.2.3");
  CHECK(body_of<DeviceWanted>(driver.asked<DeviceWanted>()).address == "192.0.2.7");
}
