// What commands to the house mean.
#include "protocols/socketio/command_line.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using monitor::DeviceMap;
using monitor::Order;

namespace {

void add(DeviceMap& map, std::string id, std::uint32_t number, std::string name,
         std::vector<Capability> capabilities) {
  auto& device = map[id];
  device.device = std::move(id);
  device.number = number;
  device.name = std::move(name);
  device.capabilities = std::move(capabilities);
}

DeviceMap house() {
  DeviceMap map;
  add(map, "sim:kitchen", 1, "Kitchen lamp", {"on_off", "brightness"});
  add(map, "sim:sofa", 2, "Sofa", {"on_off", "brightness", "color"});
  add(map, "sim:sofa2", 3, "Sofa brightness", {"on_off"});
  add(map, "sim:twin1", 4, "Twin", {"on_off"});
  add(map, "sim:twin2", 5, "Twin", {"on_off"});
  add(map, "sim:sensor", 6, "Hall sensor", {"temperature"});
  add(map, "socketio:m", 7, "m", {"command", "on_off"});
  add(map, "sim:low", 8, "lamp", {"on_off"});
  add(map, "sim:up", 9, "LAMP", {"on_off"});
  add(map, "sim:nameless", 10, "", {"on_off"});
  map["sim:kitchen"].states["on_off"] = {true, 0};
  return map;
}

// "set sim:kitchen on_off on", "status", "help", or the refusal.
std::string meaning(std::string_view text) {
  const auto map = house();
  const auto order = monitor::parse(text, map);
  if (!order.ok()) return order.error().words;
  if (order->kind == Order::Kind::kHelp) return "help";
  const auto device = order->device ? " " + order->device->device : std::string();
  if (order->kind == Order::Kind::kStatus) return "status" + device;
  return "set" + device + " " + order->wishes.at(0).capability + " " + to_text(order->wishes.at(0).value);
}

}  // namespace

TEST_CASE("devices are switched by names with spaces, ids and numbers") {
  CHECK(meaning("on Kitchen lamp") == "set sim:kitchen on_off on");
  CHECK(meaning("  OFF   kitchen LAMP \n") == "set sim:kitchen on_off off");
  CHECK(meaning("on sim:nameless") == "set sim:nameless on_off on");
  CHECK(meaning("off 3") == "set sim:sofa2 on_off off");
}

TEST_CASE("toggle turns what the device has reported, and says so if it has reported nothing") {
  CHECK(meaning("toggle Kitchen lamp") == "set sim:kitchen on_off off");
  CHECK(meaning("toggle Sofa") == "Sofa hasn't said yet whether it is on");
  CHECK(meaning("toggle sim:nameless") == "sim:nameless hasn't said yet whether it is on");
}

TEST_CASE("set finds where the name ends") {
  CHECK(meaning("set Kitchen lamp brightness 40") == "set sim:kitchen brightness 40");
  CHECK(meaning("set Sofa brightness 40") == "set sim:sofa brightness 40");
  CHECK(meaning("set Sofa brightness on_off on") == "set sim:sofa2 on_off on");
  CHECK(meaning("set sim:sofa color  #ff8000") == "set sim:sofa color #ff8000");
  CHECK(meaning("set m command open the door") == "set socketio:m command open the door");
  CHECK(meaning("set 7 command on") == "set socketio:m command on");
}

TEST_CASE("set says what is wrong") {
  CHECK(meaning("set Kitchen lamp color #ffffff") == "Kitchen lamp has no capability color");
  CHECK(meaning("set Kitchen lamp brightness") == "a value is missing: set NAME CAPABILITY VALUE");
  CHECK(meaning("set Kitchen lamp brightness bright") == "brightness is a number");
  CHECK(meaning("set Attic brightness 40") == "there is no device called Attic brightness 40");
  CHECK(meaning("set") == "there is no device called ");
}

TEST_CASE("a name that several devices have is refused with their ids") {
  CHECK(meaning("on Twin") == "2 devices are called Twin: sim:twin1, sim:twin2");
  CHECK(meaning("set Twin on_off on") == "2 devices are called Twin: sim:twin1, sim:twin2");
  CHECK(meaning("on sim:twin2") == "set sim:twin2 on_off on");
}

TEST_CASE("a name as it is written goes before one with other capitals") {
  CHECK(meaning("on lamp") == "set sim:low on_off on");
  CHECK(meaning("on LAMP") == "set sim:up on_off on");
  CHECK(meaning("on Lamp") == "2 devices are called Lamp: sim:low, sim:up");
}

TEST_CASE("status is of one or of all, help is help, anything else is refused") {
  CHECK(meaning("status") == "status");
  CHECK(meaning("status Hall sensor") == "status sim:sensor");
  CHECK(meaning("status Attic") == "there is no device called Attic");
  CHECK(meaning("help") == "help");
  CHECK(meaning("on") == "a name is missing: on NAME");
  CHECK(meaning("on Hall sensor") == "Hall sensor has no capability on_off");
  CHECK(meaning("dance") == "unknown command dance: " + std::string(monitor::kHelp));
  CHECK(meaning("   ") == "unknown command : " + std::string(monitor::kHelp));
}

TEST_CASE("long nonsense is quoted in part, at a character's boundary") {
  const auto words = meaning("on " + std::string(79, 'x') + "ééé");
  CHECK(words == "there is no device called " + std::string(79, 'x'));
}

TEST_CASE("of many devices with one name some are shown") {
  DeviceMap map;
  for (int i = 10; i < 30; ++i)
    add(map, "sim:" + std::to_string(i), static_cast<std::uint32_t>(i), "Lamp", {"on_off"});
  const auto order = monitor::parse("on Lamp", map);
  REQUIRE_FALSE(order.ok());
  CHECK(order.error().words ==
        "20 devices are called Lamp: sim:10, sim:11, sim:12, sim:13, sim:14, sim:15, sim:16, sim:17, ...");
}
