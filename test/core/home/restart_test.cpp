// What was known before the server ended is known when it starts again.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("devices, numbers, names, states and groups survive a restart; the devices wait for their plugin") {
  TemporaryFolder folder;
  const Value values[] = {true, std::int64_t{40}, 0.1 + 0.2};
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:gone"));
    driver.publish(lamp("sim:a"));
    driver.publish(DeviceRemoved{"sim:gone"});
    driver.publish(StateChanged{"sim:a", "on_off", values[0]});
    driver.publish(StateChanged{"sim:a", "brightness", values[1]});
    driver.publish(StateChanged{"sim:a", "power", values[2]});
    client.answer_as<GroupDefined>(client.request(GroupWanted{0, "All", {"sim:a"}}));
  }
  House house(folder.path());
  const auto known = standing<DeviceDeclared>(house);
  REQUIRE(known.size() == 1);
  CHECK(known[0].number == 2);
  CHECK(known[0].capabilities == lamp("sim:a").capabilities);
  CHECK_FALSE(known[0].reachable);
  std::map<std::string, Value> found;
  for (const auto& state : standing<StateChanged>(house)) found[state.capability] = state.value;
  CHECK(found["on_off"] == values[0]);
  CHECK(found["brightness"] == values[1]);
  CHECK(found["power"] == values[2]);
  FakePlugin driver(house, "sim"), client(house, "north");
  driver.publish(lamp("sim:a"));
  driver.publish(lamp("sim:new"));
  const auto now = standing<DeviceDeclared>(house);
  REQUIRE(now.size() == 2);
  for (const auto& device : now) CHECK(device.number == (device.device == "sim:a" ? 2u : 3u));
  client.subscribe<GroupDefined>();
  CHECK(client.read_all<GroupDefined>().at(0).devices == std::vector<std::string>{"sim:a"});
}

TEST_CASE("texts and colors survive a restart as they were") {
  TemporaryFolder folder;
  const Value text = std::string("quote\" back\\ line\n tab\t \xe2\x98\x80 \x01"), color = Color{12.3, 45.6};
  auto device = lamp("sim:a");
  device.capabilities = {"color", Capability("vendor.text", ValueType::kText)};
  {
    House house(folder.path());
    FakePlugin driver(house, "sim");
    driver.publish(device);
    driver.publish(StateChanged{"sim:a", "color", color});
    driver.publish(StateChanged{"sim:a", "vendor.text", text});
  }
  House house(folder.path());
  std::map<std::string, Value> found;
  for (const auto& state : standing<StateChanged>(house)) found[state.capability] = state.value;
  CHECK(found["color"] == color);
  CHECK(found["vendor.text"] == text);
}

TEST_CASE("a wish is handed to its driver after a restart, under the number that was answered") {
  TemporaryFolder folder;
  std::uint32_t number = 0;
  {
    House house(folder.path());
    FakePlugin client(house, "north");
    number = client.answer_as<DeviceTaken>(client.request(DeviceWanted{"sim", "127.0.0.7", 2, "Porch", ""}))
                 .number;
  }
  House house(folder.path());
  FakePlugin driver(house, "sim");
  driver.started();
  const auto asked = driver.asked<DeviceWanted>();
  CHECK(body_of<DeviceWanted>(asked).channel == 2);
  driver.answer(asked.id, DeviceTaken{"sim:x", 0});
  const auto known = standing<DeviceDeclared>(house);
  REQUIRE(known.size() == 1);
  CHECK(known[0].device == "sim:x");
  CHECK(known[0].number == number);
  CHECK(known[0].name == "Porch");
}

TEST_CASE("what a plugin kept is there after a restart") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin plugin(house, "sim");
    plugin.publish(StorePut{{9, 8, 7}});
  }
  House house(folder.path());
  house.on_home([](Home& home) { CHECK(home.saved("sim") == std::vector<std::uint8_t>{9, 8, 7}); });
}

TEST_CASE("a state that its declaration can't have is not believed after a restart") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim");
    driver.publish(lamp("sim:a"));
    house.settle();
    house.store->write_state({1, "brightness", "4711", 1, "\"x\"", 1});
    house.store->write_state({1, "on_off", "[1", 1, "", 0});
    house.store->write_state({1, "power", "12", 1, "", 0});
  }
  House house(folder.path());
  const auto found = standing<StateChanged>(house);
  REQUIRE(found.size() == 1);
  CHECK(found[0].capability == "power");
  CHECK(found[0].value == Value(12.0));
}

TEST_CASE("the store may answer when home is gone") {
  TemporaryFolder folder;
  House house(folder.path());
  {
    FakePlugin client(house, "north");
    for (int i = 0; i < 50; ++i) client.request(GroupWanted{0, "Group", {}});
    house.settle();
  }
  house.end_home();
}
