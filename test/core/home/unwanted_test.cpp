// Devices that nobody wants any more: they end, stay away, and come back when they are asked for.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Ids = std::vector<std::string>;

struct Scene : DrivenStage {
  explicit Scene(bool with_devices = true) {
    if (!with_devices) return;
    driver.publish(lamp("sim:a"));
    driver.publish(lamp("sim:b"));
    driver.subscribe<DeviceRemoved>();
  }
  hearth_status unwant(const std::string& device) { return status(DeviceUnwanted{device}); }
  Ids devices() {
    Ids ids;
    for (const auto& device : facts<DeviceDeclared>()) ids.push_back(device.device);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  // A client asks for it by an address, the driver says which it is and declares it.
  DeviceTaken wanted_again(const std::string& address, const DeviceDeclared& found) {
    const auto id = client.request(DeviceWanted{"sim", address, 0, "Back", ""});
    const auto asked = driver.asked<DeviceWanted>();
    driver.publish(found);
    driver.answer(asked.id, DeviceTaken{found.device, 0});
    return client.answer_as<DeviceTaken>(id);
  }
};

}  // namespace

TEST_CASE("an unwanted device ends as a fact, its states too, and its driver is told") {
  Scene s;
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  s.driver.publish(StateChanged{"sim:b", "on_off", true});
  s.listener.subscribe<DeviceRemoved>();
  CHECK(s.unwant("sim:a") == HEARTH_OK);
  const auto ended = s.listener.read_all<DeviceRemoved>();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].device == "sim:a");
  const auto told = s.driver.read_all<DeviceRemoved>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].device == "sim:a");
  CHECK(s.devices() == Ids{"sim:b"});
  const auto states = s.facts<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].device == "sim:b");
}

TEST_CASE("an unknown device can't be unwanted, nor one twice") {
  Scene s;
  CHECK(s.unwant("sim:none") == HEARTH_INVALID);
  CHECK(s.unwant("") == HEARTH_INVALID);
  CHECK(s.unwant("sim:a") == HEARTH_OK);
  CHECK(s.unwant("sim:a") == HEARTH_INVALID);
}

TEST_CASE("an unwanted device leaves its groups and programs, and they are told anew") {
  Scene s;
  s.client.answer_as<GroupDefined>(s.client.request(GroupWanted{0, "All", {"sim:a", "sim:b"}}));
  Program program;
  program.name = "Evening";
  s.client.answer_as<ProgramDefined>(s.client.request(ProgramWanted{0, program, {"sim:b", "sim:a"}}));
  CHECK(s.unwant("sim:a") == HEARTH_OK);
  CHECK(s.facts<GroupDefined>().at(0).devices == Ids{"sim:b"});
  CHECK(s.facts<ProgramDefined>().at(0).devices == Ids{"sim:b"});
}

TEST_CASE("an unwanted device stays away when its driver declares it, who is told so each time") {
  Scene s;
  s.unwant("sim:a");
  s.listener.subscribe<DeviceDeclared>();
  s.listener.read();
  s.driver.read();
  for (int again = 0; again < 2; ++again) {
    s.driver.publish(lamp("sim:a"));
    const auto told = s.driver.read_all<DeviceRemoved>();
    REQUIRE(told.size() == 1);
    CHECK(told[0].device == "sim:a");
  }
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  s.driver.publish(DeviceReachable{"sim:a", false, "no answer"});
  s.driver.publish(DeviceRemoved{"sim:a"});
  CHECK(s.listener.read().empty());
  CHECK(s.devices() == Ids{"sim:b"});
  CHECK(s.facts<StateChanged>().empty());
}

TEST_CASE("a command to an unwanted device ends, in flight as unreachable and later as an error") {
  Scene s;
  const auto flying = s.client.request(Command{"sim:a", "on_off", true});
  s.driver.asked<Command>();
  const auto unwanted = s.client.request(DeviceUnwanted{"sim:a"});
  CHECK(s.client.answer_as<CommandDone>(flying).outcome == Outcome::kUnreachable);
  s.client.answer_to(unwanted);
  const auto later = s.client.request(Command{"sim:a", "on_off", true});
  CHECK(s.client.answer_as<CommandDone>(later).outcome == Outcome::kError);
}

TEST_CASE("an unwanted device comes back when it is wanted by its address, under a new number") {
  Scene s;
  s.unwant("sim:a");
  const auto taken = s.wanted_again(lamp("sim:a").address, lamp("sim:a"));
  CHECK(taken.device == "sim:a");
  CHECK(taken.number == 3);
  CHECK(s.devices() == Ids{"sim:a", "sim:b"});
  s.driver.publish(lamp("sim:a"));  // and it stays
  CHECK(s.devices() == Ids{"sim:a", "sim:b"});
}

TEST_CASE("an unwanted device comes back when it is wanted by its id, wherever it is") {
  Scene s;
  s.unwant("sim:a");
  CHECK(s.wanted_again("a", lamp("sim:a")).device == "sim:a");
  CHECK(s.devices() == Ids{"sim:a", "sim:b"});
}

TEST_CASE("an unwanted device stays away when another one is wanted of its driver") {
  Scene s;
  s.unwant("sim:a");
  const auto id = s.client.request(DeviceWanted{"sim", "192.0.2.9", 0, "", ""});
  const auto asked = s.driver.asked<DeviceWanted>();
  s.driver.publish(lamp("sim:a"));
  s.driver.publish(lamp("sim:c"));
  s.driver.answer(asked.id, DeviceTaken{"sim:c", 0});
  s.client.answer_as<DeviceTaken>(id);
  CHECK(s.devices() == Ids{"sim:b", "sim:c"});
}

TEST_CASE("an unwanted device stays away over a restart, until somebody wants it") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:a"));
    client.answer_to(client.request(DeviceUnwanted{"sim:a"}));
  }
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.subscribe<DeviceRemoved>();
    driver.publish(lamp("sim:a"));
    CHECK(driver.read_all<DeviceRemoved>().size() == 1);
    house.on_home([](Home& home) { CHECK(home.devices().all().empty()); });
    const auto id = client.request(DeviceWanted{"sim", "a", 0, "", ""});
    driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:a", 0});
    CHECK(client.answer_as<DeviceTaken>(id).number == 2);
  }
  House house(folder.path());
  FakePlugin driver(house, "sim");
  driver.subscribe<DeviceRemoved>();
  driver.publish(lamp("sim:a"));
  CHECK(driver.read_all<DeviceRemoved>().empty());
  house.on_home([](Home& home) { CHECK(home.devices().find("sim:a") != nullptr); });
}

TEST_CASE("what an unwanted device had is on disk no more when that is answered") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:a"));
    driver.publish(StateChanged{"sim:a", "on_off", true});
    client.answer_as<GroupDefined>(client.request(GroupWanted{0, "All", {"sim:a"}}));
    CHECK(client.answer_to(client.request(DeviceUnwanted{"sim:a"})).status == HEARTH_OK);
  }
  auto opened = store::Store::open(folder.path(), {});
  REQUIRE(opened.ok());
  const auto snapshot = (*opened)->take_snapshot();
  CHECK(snapshot.devices.empty());
  CHECK(snapshot.states.empty());
  CHECK(snapshot.groups.at(0).devices.empty());
}

TEST_CASE("a wish that is unwanted before its device was found leaves nothing behind") {
  Scene s(false);
  s.driver.stop("it was stopped");
  const auto taken =
      s.client.answer_as<DeviceTaken>(s.client.request(DeviceWanted{"sim", "192.0.2.9", 0, "", ""}));
  CHECK(s.unwant(taken.device) == HEARTH_OK);
  FakePlugin driver(s.house, "sim");
  driver.started();
  for (const auto& m : driver.read()) CHECK(m.type != kType<DeviceWanted>);
  auto found = lamp("sim:x");
  found.address = "192.0.2.9";
  driver.publish(found);
  CHECK(s.devices() == Ids{"sim:x"});
}
