// Full inboxes: what must not be lost isn't, and what comes out makes the mirror that went in.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("the answer to a plugin whose inbox is full is not lost") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), client(house, "north", {}, "", false, 4);
  driver.publish(lamp("sim:a"));
  house.settle();
  client.listen(type_hash("vendor.Event"));
  const auto id = client.request(Command{"sim:a", "on_off", true});
  driver.asked<Command>();
  for (int i = 0; i < 100; ++i) driver.send(MessageKind::kPublish, type_hash("vendor.Event"), {}, 0);
  driver.yes(id);
  CHECK(client.answer_as<CommandDone>(id).outcome == Outcome::kOk);
}

TEST_CASE("the end of a device is not pushed out of a full inbox by events") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), client(house, "north", {}, "", false, 4);
  driver.publish(lamp("sim:a"));
  house.settle();
  client.subscribe<DeviceRemoved>();
  client.listen(type_hash("vendor.Event"));
  driver.publish(DeviceRemoved{"sim:a"});
  for (int i = 0; i < 100; ++i) driver.send(MessageKind::kPublish, type_hash("vendor.Event"), {}, 0);
  CHECK(client.read_all<DeviceRemoved>().size() == 1);
}

TEST_CASE("a device that ends and comes again while an inbox is full is there afterwards") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim"), client(house, "north", {}, "", false, 2);
  client.subscribe<DeviceDeclared>();
  client.subscribe<DeviceRemoved>();
  driver.publish(lamp("sim:a"));
  driver.publish(lamp("sim:b"));
  driver.publish(DeviceRemoved{"sim:a"});
  driver.publish(lamp("sim:a"));
  std::set<std::string> mirror;
  for (const auto& m : client.read()) {
    if (m.type == kType<DeviceDeclared>) mirror.insert(body_of<DeviceDeclared>(m).device);
    if (m.type == kType<DeviceRemoved>) mirror.erase(body_of<DeviceRemoved>(m).device);
  }
  CHECK(mirror == std::set<std::string>{"sim:a", "sim:b"});
}

TEST_CASE("facts of different things never share a number") {
  Facts facts;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 10'000; ++i) numbers.insert(facts.new_number());
  CHECK(numbers.size() == 10'000);
  CHECK(facts.number(1, "a") == facts.number(1, "a"));
  CHECK(facts.number(1, "a") != facts.number(2, "a"));
  CHECK(numbers.count(0) == 0);
}
