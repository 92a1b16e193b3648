// Devices that somebody asks for by their address.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

const DeviceWanted kWanted{"sim", "127.0.0.7", 0, "Porch", "Outside"};

struct Scene : Stage {
  std::vector<DeviceDeclared> devices() { return facts<DeviceDeclared>(); }
};

}  // namespace

TEST_CASE("a wanted device whose driver isn't there is kept, unreachable") {
  Scene s;
  const auto taken = s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  CHECK(taken.number == 1);
  const auto devices = s.devices();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].name == "Porch");
  CHECK(devices[0].location == "Outside");
  CHECK_FALSE(devices[0].reachable);
}

TEST_CASE("asking again for the same address answers the same number") {
  Scene s;
  const auto first = s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  auto again = kWanted;
  again.name = "Door";
  const auto second = s.client.answer_as<DeviceTaken>(s.client.request(again));
  CHECK(second.number == first.number);
  CHECK(s.devices()[0].name == "Door");
  again.channel = 1;
  CHECK(s.client.answer_as<DeviceTaken>(s.client.request(again)).number == 2);
}

TEST_CASE("a driver that is there is asked, and its device gets the name that was asked for") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  const auto id = s.client.request(kWanted);
  const auto asked = driver.asked<DeviceWanted>();
  CHECK(body_of<DeviceWanted>(asked).address == "127.0.0.7");
  CHECK(asked.cause == id);
  auto found = lamp("sim:x");
  found.address = "127.0.0.7:9999";
  driver.publish(found);
  driver.answer(asked.id, DeviceTaken{"sim:x", 0});
  const auto taken = s.client.answer_as<DeviceTaken>(id);
  CHECK(taken.device == "sim:x");
  const auto devices = s.devices();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].number == taken.number);
  CHECK(devices[0].name == "Porch");
  driver.publish(found);
  CHECK(s.devices()[0].name == "Porch");
}

TEST_CASE("a device that is known already keeps its number and gets the name") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  driver.publish(lamp("sim:first"));
  driver.publish(lamp("sim:x"));
  const auto id = s.client.request(kWanted);
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:x", 0});
  CHECK(s.client.answer_as<DeviceTaken>(id).number == 2);
  CHECK(s.devices().size() == 2);
}

TEST_CASE("a driver that fails leaves the wish standing, one that refuses doesn't") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  const auto refused = s.client.request(kWanted);
  driver.fail(driver.asked<DeviceWanted>().id, HEARTH_INVALID, "not an address");
  const auto answer = s.client.answer_to(refused);
  CHECK(answer.status == HEARTH_INVALID);
  CHECK(answer.body.text() == "not an address");
  CHECK(s.devices().empty());
  const auto failed = s.client.request(kWanted);
  driver.fail(driver.asked<DeviceWanted>().id, HEARTH_UNREACHABLE, "nobody there");
  CHECK(s.client.answer_as<DeviceTaken>(failed).number == 1);
  CHECK(s.devices().size() == 1);
}

TEST_CASE("a driver that goes while it looks leaves the wish standing") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  const auto id = s.client.request(kWanted);
  driver.asked<DeviceWanted>();
  driver.stop("it crashed");
  CHECK(s.client.answer_as<DeviceTaken>(id).number == 1);
}

TEST_CASE(
    "a driver that doesn't answer in time leaves the wish standing, and its device takes the number when it "
    "comes") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  const auto id = s.client.request(kWanted);
  const auto asked = driver.asked<DeviceWanted>();
  const auto taken = s.client.answer_as<DeviceTaken>(id);  // home gives up after 4 s
  auto found = lamp("sim:x");
  found.address = kWanted.address;
  driver.publish(found);
  driver.answer(asked.id, DeviceTaken{"sim:x", 0});
  const auto devices = s.devices();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].device == "sim:x");
  CHECK(devices[0].number == taken.number);
  CHECK(devices[0].name == "Porch");
  CHECK(devices[0].reachable);
}

TEST_CASE("a driver is handed the wanted devices when it has started, and the wish becomes the device") {
  Scene s;
  const auto taken = s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  s.client.answer_as<GroupDefined>(s.client.request(GroupWanted{0, "All", {taken.device}}));
  FakePlugin driver(s.house, "sim");
  driver.publish(lamp("sim:known"));
  driver.started();
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:known", 0});
  const auto devices = s.devices();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].device == "sim:known");
  CHECK(devices[0].name == "Porch");
  FakePlugin reader(s.house, "groups");
  reader.subscribe<GroupDefined>();
  CHECK(reader.read_all<GroupDefined>().at(0).devices == std::vector<std::string>{"sim:known"});
}

TEST_CASE("an earlier wish ends when the driver names the device that is known under another number") {
  Scene s;
  s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  FakePlugin driver(s.house, "sim");
  driver.publish(lamp("sim:x"));
  const auto id = s.client.request(kWanted);
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:x", 0});
  CHECK(s.client.answer_as<DeviceTaken>(id).device == "sim:x");
  CHECK(s.devices().size() == 1);
}

TEST_CASE("a device with an id of its own isn't renamed because another is found at its address") {
  Scene s;
  FakePlugin driver(s.house, "sim");
  auto old = lamp("sim:old");
  old.address = kWanted.address;
  driver.publish(old);
  const auto first = s.client.request(kWanted);
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:old", 0});
  s.client.answer_to(first);
  driver.started();
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:new", 0});
  REQUIRE(s.devices().size() == 1);
  CHECK(s.devices()[0].device == "sim:old");
  const auto second = s.client.request(kWanted);
  driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{"sim:new", 0});
  CHECK(s.client.answer_as<DeviceTaken>(second).number == 2);
}

TEST_CASE("a driver can't name a device of another plugin, or none at all") {
  Scene s;
  FakePlugin other(s.house, "other");
  other.publish(lamp("other:theirs"));
  s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  FakePlugin driver(s.house, "sim");
  for (const std::string id : {"other:theirs", "", "sim:", "sim:a\n"}) {
    driver.started();
    driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{id, 0});
    const auto request = s.client.request(kWanted);
    driver.answer(driver.asked<DeviceWanted>().id, DeviceTaken{id, 0});
    CHECK(s.client.answer_to(request).status == HEARTH_FAILED);
  }
  const auto devices = s.devices();
  REQUIRE(devices.size() == 2);
  for (const auto& device : devices)
    CHECK(device.name == (device.device == "other:theirs" ? "Lamp" : "Porch"));
}

TEST_CASE("a wish with unclean texts, or a driver that could not be one, is refused") {
  Scene s;
  const auto status = [&](const DeviceWanted& wanted) { return s.status(wanted); };
  CHECK(status({"", "127.0.0.7", 0, "", ""}) == HEARTH_INVALID);
  CHECK(status({"sim:x", "127.0.0.7", 0, "", ""}) == HEARTH_INVALID);
  CHECK(status({"sim", "", 0, "", ""}) == HEARTH_INVALID);
  CHECK(status({"sim", "a\tb", 0, "", ""}) == HEARTH_INVALID);
  CHECK(status({"sim", std::string(300, 'x'), 0, "", ""}) == HEARTH_INVALID);
  CHECK(status({"sim", "127.0.0.7", 0, "a\nb", ""}) == HEARTH_INVALID);
  CHECK(status({"sim", "127.0.0.7", 0, "", std::string("\0", 1)}) == HEARTH_INVALID);
}

TEST_CASE("a command to a device that isn't found yet ends as unreachable") {
  Scene s;
  const auto taken = s.client.answer_as<DeviceTaken>(s.client.request(kWanted));
  const auto id = s.client.request(Command{taken.device, "on_off", true});
  CHECK(s.client.answer_as<CommandDone>(id).outcome == Outcome::kUnreachable);
}
