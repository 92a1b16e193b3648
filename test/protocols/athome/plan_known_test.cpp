// What an import finds in the house already: devices that are those of its rows, groups and programs that are
// here just so.
#include "hearth/context.hpp"
#include "plans.hpp"
#include "test/fuzz/fake_host.hpp"

using namespace hearth;
using namespace hearth::test;
using athome::Legacy;

namespace {

DeviceDeclared known(std::uint32_t number, const std::string& id, const std::string& address,
                     std::int32_t channel = 0) {
  DeviceDeclared d;
  d.device = id;
  d.number = number;
  d.name = "Here";
  d.address = address;
  d.channel = channel;
  return d;
}

// A house of two devices, which are those of the rows 1 and 2.
struct Scene {
  Scene() {
    house.follow(context);
    declare(known(11, "simulated:one", "lamp-1"));
    declare(known(12, "simulated:two", "lamp-2"));
    legacy.devices = {device(1), device(2), device(3)};
  }
  template <class T>
  void declare(const T& fact) {
    host.publish(fact);
    host.run();
  }
  athome::Plan plan() { return hearth::test::plan(legacy, house); }

  fuzz::FakeHost host;
  Context context{host.table(), hearth_start_info{}};
  House house;
  Legacy legacy;
};

const std::vector<std::string> kBoth = {"simulated:one", "simulated:two"};

Program evening() {
  Legacy legacy;
  legacy.programs = {program(9)};
  return plan(legacy).house.programs.at(0).program;
}

}  // namespace

TEST_CASE("devices that the house has are counted, and are planned by the address that they have here") {
  Scene s;
  s.legacy.devices[0].address = "LAMP-1";
  const auto made = s.plan();
  CHECK(made.known_devices == 2);
  REQUIRE(made.house.devices.size() == 3);
  CHECK(made.house.devices[0].address == "lamp-1");
  CHECK(made.notes.empty());
}

TEST_CASE("a device is known by its address, with or without the port, and by its driver's own id") {
  Scene s;
  s.declare(known(13, "tplink:ABC", "192.0.2.7:9999"));
  for (const std::string address : {"192.0.2.7:9999", "192.0.2.7", "abc"}) {
    INFO(address);
    s.legacy.devices = {device(1)};
    s.legacy.devices[0].mfg = "TPLink";
    s.legacy.devices[0].address = address;
    CHECK(s.plan().known_devices == 1);
  }
}

TEST_CASE("one of another driver, address or channel is not the device that the house has") {
  using Bend = void (*)(Legacy::Device&);
  for (const Bend bend :
       {Bend([](auto& row) { row.mfg = "TPLink"; }), Bend([](auto& row) { row.address = "lamp-1x"; }),
        Bend([](auto& row) { row.channel = "1"; })}) {
    Scene s;
    s.legacy.devices = {device(1)};
    bend(s.legacy.devices[0]);
    CHECK(s.plan().known_devices == 0);
  }
}

TEST_CASE("a group of the same name and devices is counted and left out, in whatever order they stand") {
  Scene s;
  s.declare(GroupDefined{5, "All", kBoth});
  s.declare(GroupDefined{6, "None", {}});
  s.legacy.groups = {{50, "All"}, {60, "None"}};
  s.legacy.members = {{50, 2}, {50, 1}, {50, 2}};
  const auto made = s.plan();
  CHECK(made.known_groups == 2);
  CHECK(made.house.groups.empty());
}

TEST_CASE("a group with another name, or with more, fewer or new devices, is taken over") {
  const std::pair<std::string, std::vector<std::int64_t>> groups[] = {
      {"all", {1, 2}}, {"All", {1}}, {"All", {}}, {"All", {1, 2, 3}}, {"All", {1, 3}}};
  for (const auto& [name, members] : groups) {
    Scene s;
    s.declare(GroupDefined{5, "All", kBoth});
    s.legacy.groups = {{50, name}};
    for (const auto member : members) s.legacy.members.emplace_back(50, member);
    const auto made = s.plan();
    CHECK(made.known_groups == 0);
    CHECK(made.house.groups.size() == 1);
  }
}

TEST_CASE("a program that does the same with the same devices is counted and left out") {
  Scene s;
  s.declare(ProgramDefined{9, evening(), kBoth});
  s.legacy.programs = {program(90)};
  s.legacy.assignments = {{90, 1}, {90, 2}};
  const auto made = s.plan();
  CHECK(made.known_programs == 1);
  CHECK(made.house.programs.empty());
  CHECK(made.assignments == 2);
}

TEST_CASE("a program that differs in a word, or in its devices, is taken over") {
  using Bend = void (*)(Legacy&);
  for (const Bend bend : {Bend([](auto& legacy) { legacy.programs[0].name = "Morning"; }),
                          Bend([](auto& legacy) { legacy.programs[0].command = "off"; }),
                          Bend([](auto& legacy) { legacy.programs[0].offset = "1"; }),
                          Bend([](auto& legacy) { legacy.assignments.pop_back(); }),
                          Bend([](auto& legacy) { legacy.assignments.emplace_back(90, 3); })}) {
    Scene s;
    s.declare(ProgramDefined{9, evening(), kBoth});
    s.legacy.programs = {program(90)};
    s.legacy.assignments = {{90, 1}, {90, 2}};
    bend(s.legacy);
    const auto made = s.plan();
    CHECK(made.known_programs == 0);
    CHECK(made.house.programs.size() == 1);
  }
}

TEST_CASE("what was taken over once is known the second time, but for its numbers") {
  Scene s;
  s.legacy.devices.pop_back();
  s.legacy.groups = {{50, "All"}};
  s.legacy.programs = {program(90)};
  s.legacy.members = {{50, 1}};
  s.legacy.assignments = {{90, 2}};
  const auto first = s.plan();
  CHECK(first.known_groups + first.known_programs == 0);
  s.declare(GroupDefined{7, first.house.groups.at(0).name, {"simulated:one"}});
  s.declare(ProgramDefined{8, first.house.programs.at(0).program, {"simulated:two"}});
  const auto second = s.plan();
  CHECK(second.known_devices == 2);
  CHECK(second.known_groups == 1);
  CHECK(second.known_programs == 1);
  CHECK(second.house.groups.empty());
  CHECK(second.house.programs.empty());
}
