// Devices that are wanted by their number: renamed, or to be another one from now on.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Ids = std::vector<std::string>;

DeviceDeclared lamp_at(const std::string& id, const std::string& address) {
  auto device = lamp(id);
  device.address = address;
  return device;
}

struct Scene : DrivenStage {
  Scene() {
    driver.publish(lamp_at("sim:a", "192.0.2.1"));
    driver.publish(lamp_at("sim:b", "192.0.2.2"));
  }
  DeviceTaken moved(const DeviceWanted& wanted) {
    return client.answer_as<DeviceTaken>(client.request(wanted));
  }
  // The driver is asked, and says that it is `id`.
  DeviceTaken moved(const DeviceWanted& wanted, const std::string& id) {
    const auto request = client.request(wanted);
    driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{id, 0});
    return client.answer_as<DeviceTaken>(request);
  }
  std::map<std::string, DeviceDeclared> devices() {
    std::map<std::string, DeviceDeclared> all;
    for (const auto& device : facts<DeviceDeclared>()) all[device.device] = device;
    return all;
  }
  void group_and_program(const Ids& devices) {
    client.answer_as<GroupDefined>(client.request(GroupWanted{0, "All", devices}));
    Program program;
    program.name = "Evening";
    client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, program, devices}));
  }
};

}  // namespace

TEST_CASE("a device wanted by its number where it is gets only another name and place") {
  Scene s;
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  s.listener.subscribe<DeviceRemoved>();
  const auto taken = s.moved({"sim", "192.0.2.1", 0, "Porch", "Outside", 1});
  CHECK(taken.device == "sim:a");
  CHECK(taken.number == 1);
  const auto devices = s.devices();
  REQUIRE(devices.size() == 2);
  CHECK(devices.at("sim:a").name == "Porch");
  CHECK(devices.at("sim:a").location == "Outside");
  CHECK(devices.at("sim:a").reachable);
  CHECK(s.listener.read().empty());
  CHECK(s.facts<StateChanged>().size() == 1);
  for (const auto& m : s.driver.read()) CHECK(m.type != kType<DeviceWanted>);
  s.driver.publish(lamp_at("sim:a", "192.0.2.1"));  // the driver's own name doesn't win
  CHECK(s.devices().at("sim:a").name == "Porch");
}

TEST_CASE("an unknown number is refused and nothing is made") {
  Scene s;
  const auto id = s.client.request(DeviceWanted{"sim", "192.0.2.9", 0, "", "", 77});
  CHECK(s.client.answer_to(id).status == HEARTH_INVALID);
  CHECK(s.devices().size() == 2);
}

TEST_CASE("a device that is wanted at another address goes on there with its number, groups and programs") {
  Scene s;
  s.group_and_program({"sim:b", "sim:a"});
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  s.listener.subscribe<DeviceRemoved>();
  const auto taken = s.moved({"sim", "192.0.2.9", 0, "", "", 1}, "sim:new");
  CHECK(taken.device == "sim:new");
  CHECK(taken.number == 1);
  const auto ended = s.listener.read_all<DeviceRemoved>();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].device == "sim:a");
  const auto devices = s.devices();
  REQUIRE(devices.size() == 2);
  CHECK(devices.at("sim:new").number == 1);
  CHECK(devices.at("sim:new").address == "192.0.2.9");
  CHECK_FALSE(devices.at("sim:new").reachable);
  CHECK(s.facts<StateChanged>().empty());  // of the device that it was
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:b", "sim:new"});
  CHECK(s.facts<ProgramDefined>().at(0).devices == Ids{"sim:b", "sim:new"});
  s.driver.publish(lamp_at("sim:new", "192.0.2.9"));
  CHECK(s.devices().at("sim:new").number == 1);
  CHECK(s.devices().at("sim:new").reachable);
}

TEST_CASE("a device that is wanted where nothing has been found yet waits there under its number") {
  Scene s;
  s.driver.stop("it was stopped");
  const auto taken = s.moved({"sim", "192.0.2.9", 3, "", "", 2});
  CHECK(taken.number == 2);
  FakePlugin driver(s.house, "sim");
  driver.started();
  const auto asked = body_of<DeviceWanted>(driver.asked<DeviceWanted>());
  CHECK(asked.address == "192.0.2.9");
  CHECK(asked.channel == 3);
  auto found = lamp_at("sim:late", "192.0.2.9");
  found.channel = 3;
  driver.publish(found);
  CHECK(s.devices().at("sim:late").number == 2);
}

TEST_CASE("a device of another driver takes the number too") {
  Scene s;
  FakePlugin other(s.house, "other");
  other.publish(lamp_at("other:x", "192.0.2.9"));
  const auto request = s.client.request(DeviceWanted{"other", "192.0.2.9", 0, "", "", 1});
  other.answer(other.asked<DeviceWanted>().id, DeviceTaken{"other:x", 0});
  const auto taken = s.client.answer_as<DeviceTaken>(request);
  CHECK(taken.device == "other:x");
  CHECK(taken.number == 1);
  const auto devices = s.devices();
  REQUIRE(devices.size() == 2);
  CHECK(devices.at("other:x").number == 1);
  CHECK(devices.contains("sim:b"));
  const auto on = s.client.request(Command{"other:x", "on_off", true});
  const auto command = other.asked<Command>();
  other.yes(command.id);
  CHECK(s.client.answer_as<CommandDone>(on).outcome == Outcome::kOk);
}

TEST_CASE("onto a device that has a number of its own the mover's stays, and groups and programs follow") {
  Scene s;
  s.group_and_program({"sim:b"});
  s.driver.publish(StateChanged{"sim:b", "brightness", std::int64_t{30}});
  s.listener.subscribe<DeviceRemoved>();
  const auto taken = s.moved({"sim", "192.0.2.2", 0, "", "", 1}, "sim:b");
  CHECK(taken.device == "sim:b");
  CHECK(taken.number == 1);
  // Only what the mover was ends; "sim:b" goes on.
  const auto ended = s.listener.read_all<DeviceRemoved>();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].device == "sim:a");
  const auto declared = s.facts<DeviceDeclared>();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].device == "sim:b");
  CHECK(declared[0].number == 1);
  CHECK(declared[0].reachable);
  const auto states = s.facts<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].value == Value(std::int64_t{30}));
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:b"});
  CHECK(s.facts<ProgramDefined>().at(0).devices == Ids{"sim:b"});
}

TEST_CASE("a device that moves onto another of the same group is there once") {
  Scene s;
  s.group_and_program({"sim:b", "sim:a"});
  s.moved({"sim", "192.0.2.2", 0, "", "", 1}, "sim:b");
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:b"});
  CHECK(s.facts<ProgramDefined>().at(0).devices == Ids{"sim:b"});
}

TEST_CASE("the device that a moved one was can be declared anew, under a number of its own") {
  Scene s;
  s.moved({"sim", "192.0.2.9", 0, "", "", 1}, "sim:new");
  s.driver.publish(lamp_at("sim:a", "192.0.2.1"));
  const auto devices = s.devices();
  CHECK(devices.at("sim:a").number == 3);
  CHECK(devices.at("sim:new").number == 1);
}

TEST_CASE("moving onto what was unwanted lets it in again") {
  Scene s;
  CHECK(s.client.answer_to(s.client.request(DeviceUnwanted{"sim:b"})).status == HEARTH_OK);
  const auto taken = s.moved({"sim", "192.0.2.2", 0, "", "", 1}, "sim:b");
  CHECK(taken.number == 1);
  s.driver.publish(lamp_at("sim:b", "192.0.2.2"));
  const auto devices = s.devices();
  REQUIRE(devices.size() == 1);
  CHECK(devices.at("sim:b").number == 1);
}

TEST_CASE("a driver that refuses the address leaves the device as it was") {
  Scene s;
  const auto id = s.client.request(DeviceWanted{"sim", "nowhere", 0, "New name", "", 1});
  s.driver.fail(s.driver.asked<DeviceWanted>().id, HEARTH_INVALID, "no address");
  CHECK(s.client.answer_to(id).status == HEARTH_INVALID);
  CHECK(s.devices().at("sim:a").number == 1);
  CHECK(s.devices().at("sim:a").name == "Lamp");
  CHECK(s.devices().at("sim:a").address == "192.0.2.1");
}

TEST_CASE("a device that is removed while its driver looks for its new place is gone") {
  Scene s;
  const auto id = s.client.request(DeviceWanted{"sim", "192.0.2.9", 0, "", "", 1});
  const auto asked = s.driver.asked<DeviceWanted>();
  s.driver.publish(DeviceRemoved{"sim:a"});
  s.driver.answer(asked.id, DeviceTaken{"sim:new", 0});
  CHECK(s.client.answer_to(id).status == HEARTH_INVALID);
  CHECK(s.devices().size() == 1);
}

TEST_CASE("a device that shares its address with an older one keeps its id when it is only renamed") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), client(house, "north");
  for (const auto* id : {"sim:old", "sim:new"}) {
    auto device = lamp(id);
    device.address = "192.0.2.1";
    driver.publish(device);
  }
  const auto taken =
      client.answer_as<DeviceTaken>(client.request(DeviceWanted{"sim", "192.0.2.1", 0, "Porch", "", 2}));
  CHECK(taken.device == "sim:new");
  house.on_home([](Home& home) { CHECK(home.devices().all().size() == 2); });
}

TEST_CASE("a moved device, its number and its groups survive a restart") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp_at("sim:a", "192.0.2.1"));
    driver.publish(lamp_at("sim:b", "192.0.2.2"));
    client.answer_as<GroupDefined>(client.request(GroupWanted{0, "All", {"sim:b"}}));
    const auto id = client.request(DeviceWanted{"sim", "192.0.2.2", 0, "Porch", "", 1});
    driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:b", 0});
    CHECK(client.answer_as<DeviceTaken>(id).number == 1);
  }
  House house(folder.path());
  FakePlugin client(house, "north");
  client.subscribe<DeviceDeclared>();
  const auto devices = client.read_all<DeviceDeclared>();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].device == "sim:b");
  CHECK(devices[0].number == 1);
  CHECK(devices[0].name == "Porch");
  client.subscribe<GroupDefined>();
  CHECK(client.read_all<GroupDefined>().at(0).devices == Ids{"sim:b"});
}
