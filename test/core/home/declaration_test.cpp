// Devices as drivers declare, change, rename and take them away.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

std::string logged(House& house) {
  std::string all;
  for (const auto& entry : house.log.latest(100)) all += entry.text + "\n";
  return all;
}

}  // namespace

TEST_CASE("a declared device gets a number and is told to everybody") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  protocol.subscribe<DeviceDeclared>();
  driver.publish(lamp("sim:a"));
  driver.publish(lamp("sim:b"));
  const auto told = protocol.read_all<DeviceDeclared>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].number == 1);
  CHECK(told[1].number == 2);
  CHECK(told[0].reachable);
}

TEST_CASE("declaring the same again is no news") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  protocol.subscribe<DeviceDeclared>();
  driver.publish(lamp("sim:a"));
  driver.publish(lamp("sim:a"));
  CHECK(protocol.read_all<DeviceDeclared>().size() == 1);
}

TEST_CASE("a device with another plugin's id is refused in words") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  protocol.subscribe<DeviceDeclared>();
  driver.publish(lamp("other:a"));
  CHECK(protocol.read_all<DeviceDeclared>().empty());
  CHECK(logged(house).find("device refused") != std::string::npos);
}

TEST_CASE("a device that another id replaces keeps its number, its states and its groups") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  driver.publish(lamp("sim:@127.0.0.1"));
  driver.publish(StateChanged{"sim:@127.0.0.1", "on_off", true});
  protocol.answer_as<GroupDefined>(protocol.request(GroupWanted{0, "All", {"sim:@127.0.0.1"}}));
  auto real = lamp("sim:real");
  real.replaces = "sim:@127.0.0.1";
  driver.publish(real);
  protocol.subscribe<DeviceDeclared>();
  protocol.subscribe<StateChanged>();
  protocol.subscribe<GroupDefined>();
  const auto present = protocol.read();
  REQUIRE(present.size() == 3);
  CHECK(body_of<DeviceDeclared>(present[0]).device == "sim:real");
  CHECK(body_of<DeviceDeclared>(present[0]).number == 1);
  CHECK(body_of<StateChanged>(present[1]).device == "sim:real");
  CHECK(body_of<GroupDefined>(present[2]).devices == std::vector<std::string>{"sim:real"});
}

TEST_CASE("those who listen hear that the old id ended before the new one begins") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), everything(house, "ear", {}, "", true);
  driver.publish(lamp("sim:old"));
  house.settle();
  everything.listen(Bus::kEveryType);
  everything.read();
  auto real = lamp("sim:new");
  real.replaces = "sim:old";
  driver.publish(real);
  const auto heard = everything.read();
  REQUIRE(heard.size() >= 2);
  CHECK(heard[0].type == kType<DeviceRemoved>);
  CHECK(body_of<DeviceRemoved>(heard[0]).device == "sim:old");
  CHECK(heard[1].type == kType<DeviceDeclared>);
}

TEST_CASE("a state under the former id is a fact of the device that it has become") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  driver.publish(lamp("sim:old"));
  auto real = lamp("sim:new");
  real.replaces = "sim:old";
  driver.publish(real);
  protocol.subscribe<StateChanged>();
  driver.publish(StateChanged{"sim:old", "on_off", true});
  const auto states = protocol.read_all<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].device == "sim:new");
}

TEST_CASE("a removed device is forgotten, and a foreign plugin can't remove it") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), other(house, "other"), protocol(house, "north");
  driver.publish(lamp("sim:a"));
  house.settle();
  other.publish(DeviceRemoved{"sim:a"});
  other.publish(DeviceReachable{"sim:a", false, "gone"});
  house.settle();
  protocol.subscribe<DeviceDeclared>();
  const auto still = protocol.read_all<DeviceDeclared>();
  REQUIRE(still.size() == 1);
  CHECK(still[0].reachable);
  protocol.subscribe<DeviceRemoved>();
  driver.publish(DeviceRemoved{"sim:a"});
  CHECK(protocol.read_all<DeviceRemoved>().size() == 1);
  protocol.subscribe<DeviceDeclared>();
  CHECK(protocol.read_all<DeviceDeclared>().empty());
}

TEST_CASE("a number is never given twice") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  protocol.subscribe<DeviceDeclared>();
  driver.publish(lamp("sim:a"));
  driver.publish(DeviceRemoved{"sim:a"});
  driver.publish(lamp("sim:a"));
  const auto told = protocol.read_all<DeviceDeclared>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].number == 1);
  CHECK(told[1].number == 2);
}

TEST_CASE("when its plugin goes its devices are unreachable, with the reason") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  driver.publish(lamp("sim:a"));
  house.settle();
  protocol.subscribe<DeviceDeclared>();
  protocol.read();
  driver.stop("it crashed");
  const auto told = protocol.read_all<DeviceDeclared>();
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].reachable);
  CHECK(told[0].reason == "it crashed");
}

TEST_CASE("detaching an old run twice leaves the new run's devices alone") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin first(house, "sim"), protocol(house, "north");
  first.stop("reload");
  FakePlugin second(house, "sim");
  second.publish(lamp("sim:a"));
  house.settle();
  house.on_home([&](Home& home) { home.detach(first.line, "late"); });
  protocol.subscribe<DeviceDeclared>();
  const auto told = protocol.read_all<DeviceDeclared>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].reachable);
}

TEST_CASE("a burst of more declarations than a queue is long loses none") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), protocol(house, "north");
  constexpr std::size_t kMany = Endpoint::kQueue + 500;
  house.while_busy([&] {
    for (std::size_t i = 0; i < kMany; ++i) driver.publish(lamp("sim:" + std::to_string(i)));
  });
  protocol.subscribe<DeviceDeclared>();
  CHECK(protocol.read_all<DeviceDeclared>().size() == kMany);
}
