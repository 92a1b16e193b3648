// Monitors as devices of the house.
#include "protocols/socketio/monitor_devices.hpp"

#include <catch2/catch.hpp>

#include "peer.hpp"
#include "test/plugins/sdk/fake_host.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

// The flow's house, with the plugin's devices behind it.
struct Setup {
  FakeHost host{"socketio"};
  Server server{};
  monitor::MonitorDevices devices{host.context(), server.flow};
  Setup() { devices.begin(); }

  std::vector<std::string> declared() {
    std::vector<std::string> all;
    for (const auto& [device, cause] : host.said<DeviceDeclared>()) all.push_back(device.device);
    return all;
  }
};

}  // namespace

TEST_CASE("a monitor that comes is a device, and out of reach when it goes") {
  Setup house;
  house.devices.came("m");
  const auto declared = house.host.said<DeviceDeclared>();
  REQUIRE(declared.size() == 1);
  const auto& device = declared[0].first;
  CHECK(device.device == "socketio:m");
  CHECK(device.name == "m");
  CHECK(device.reachable);
  CHECK(device.capabilities == std::vector<Capability>{"command", "on_off"});

  house.devices.went("m");
  house.devices.came("m");
  const auto reachable = house.host.said<DeviceReachable>();
  REQUIRE(reachable.size() == 2);
  CHECK_FALSE(reachable[0].first.reachable);
  CHECK(reachable[0].first.reason == "the monitor is not connected");
  CHECK(reachable[1].first.reachable);
  CHECK(house.declared().empty());
}

TEST_CASE("a command for the device goes to the monitor, whose answer is its end") {
  Setup house;
  Peer peer(house.server);
  peer.con("m");
  peer.heard();
  house.devices.came("m");
  house.host.ask(Command{"socketio:m", "on_off", false}, 1);
  CHECK(peer.heard() == Heard{R"(["command do",{"command":"off"}])"});
  CHECK(house.host.answers.empty());
  peer.done();
  CHECK(house.host.answers[1] == "ok");
  const auto states = house.host.said<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].first.value == Value(false));

  house.host.ask(Command{"socketio:m", "command", std::string("open the door")}, 2);
  CHECK(peer.heard() == Heard{R"(["command do",{"command":"open the door"}])"});
  peer.says(R"(["command error",{"reason":"it is locked"}])");
  CHECK(house.host.answers[2] == "it is locked");
  CHECK(house.host.said<StateChanged>().empty());

  house.host.ask(Command{"socketio:m", "command", std::string("wait")}, 3);
  peer.goes();
  CHECK(house.host.answers[3] == "the monitor disconnected");
}

TEST_CASE("the longest of reasons is cut at a character's boundary") {
  Setup house;
  Peer peer(house.server);
  peer.con("m");
  house.devices.came("m");
  house.host.ask(Command{"socketio:m", "on_off", true}, 1);
  const std::string x(1023, 'x');
  peer.says(R"(["command error",{"reason":")" + x + R"(éé"}])");
  CHECK(house.host.answers[1] == x);
}

TEST_CASE("an empty command, and one for a monitor that isn't there, are refused") {
  Setup house;
  house.devices.came("m");
  house.host.ask(Command{"socketio:m", "command", std::string()}, 1);
  CHECK(house.host.answers[1] == "an empty command means nothing to a monitor");
  house.host.ask(Command{"socketio:m", "on_off", true}, 2);
  CHECK(house.host.answers[2] == "the monitor is not connected");
}

TEST_CASE("ids that no device can have stay mere monitors") {
  Setup house;
  for (const auto& id :
       {std::string("a\nb"), std::string("\x7f"), std::string("\u0085"), std::string(129, 'x')})
    house.devices.came(id);
  CHECK(house.declared().empty());
  for (const auto& id : {std::string("é \u00a0ü"), std::string(128, 'x')}) house.devices.came(id);
  CHECK(house.declared().size() == 2);
}

TEST_CASE("after 1024 monitors further ones are no devices, and that is told once") {
  Setup house;
  for (int i = 0; i < 1030; ++i) house.devices.came("m" + std::to_string(i));
  CHECK(house.declared().size() == 1024);
  CHECK(house.host.log.size() == 1);
  house.host.tell(DeviceRemoved{"socketio:m3"});
  house.devices.came("another");
  CHECK(house.declared() == std::vector<std::string>{"socketio:another"});
}
