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
  House house{};
  monitor::MonitorDevices devices{host.context(), server.flow, house};
  Setup() {
    house.follow(host.context());
    devices.begin();
  }

  // Known since an earlier run, or another's.
  void knows(const std::string& device, const std::string& name, std::int64_t time_us = 0) {
    DeviceDeclared known;
    known.device = device;
    known.number = ++last_number;
    known.name = name;
    host.tell(known, time_us);
  }
  // Comes and goes again.
  void passes(const std::string& id) {
    devices.came(id);
    devices.went(id);
  }
  std::vector<std::string> declared() { return ids(host.said<DeviceDeclared>()); }
  std::vector<std::string> removed() { return ids(host.said<DeviceRemoved>()); }

  template <class T>
  static std::vector<std::string> ids(const std::vector<std::pair<T, std::uint64_t>>& messages) {
    std::vector<std::string> all;
    all.reserve(messages.size());
    for (const auto& [message, cause] : messages) all.push_back(message.device);
    return all;
  }

  std::uint32_t last_number = 0;
};

std::string numbered(const std::string& text, int n) { return text + std::to_string(n); }

}  // namespace

TEST_CASE("a monitor that comes is a device, and out of reach when it goes") {
  Setup house;
  house.devices.came("m");
  const auto declared = house.host.said<DeviceDeclared>();
  REQUIRE(declared.size() == 1);
  const auto& device = declared[0].first;
  CHECK(device.device == "socketio:m");
  CHECK(device.name == "Monitor m");
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
  for (int i = 0; i < 1030; ++i) house.devices.came(numbered("m", i));
  CHECK(house.declared().size() == 1024);
  CHECK(house.host.log.size() == 1);
  house.host.tell(DeviceRemoved{"socketio:m3"});
  house.devices.came("another");
  CHECK(house.declared() == std::vector<std::string>{"socketio:another"});
}

TEST_CASE("monitors of earlier runs count too") {
  Setup house;
  for (int i = 0; i < 1024; ++i) house.knows(numbered("socketio:old", i), numbered("Monitor old", i));
  house.devices.recall();
  house.devices.came("another");
  CHECK(house.declared().empty());
  house.devices.came("old7");
  CHECK(house.declared() == std::vector<std::string>{"socketio:old7"});
}

TEST_CASE("of more than 64 that are away the longest gone is withdrawn, and may come back") {
  Setup house;
  house.devices.came("stays");
  for (int i = 0; i < 64; ++i) house.passes(numbered("m", i));
  CHECK(house.removed().empty());
  house.passes("one more");
  CHECK(house.removed() == std::vector<std::string>{"socketio:m0"});
  house.declared();
  house.devices.came("m0");
  CHECK(house.declared() == std::vector<std::string>{"socketio:m0"});
}

TEST_CASE("one that stands in a group or a program, has a name of its own or was commanded is kept") {
  Setup house;
  Peer peer(house.server);
  peer.con("m3");
  for (int i = 0; i < 5; ++i) house.passes(numbered("m", i));
  house.host.tell(GroupDefined{1, "Doors", {"socketio:m0"}});
  house.host.tell(ProgramDefined{1, {}, {"socketio:m1"}, 0});
  house.knows("socketio:m2", "Garden door");
  house.knows("socketio:m4", "Monitor m4");
  house.host.ask(Command{"socketio:m3", "on_off", true}, 1);
  for (int i = 0; i < 60; ++i) house.passes(numbered("n", i));
  CHECK(house.removed() == std::vector<std::string>{"socketio:m4"});
  house.host.tell(GroupRemoved{1});
  house.passes("one more");
  CHECK(house.removed() == std::vector<std::string>{"socketio:m0"});
}

TEST_CASE("those of an earlier run have ten minutes to come back, then the oldest of them go first") {
  Setup house;
  for (int i = 0; i < 70; ++i) house.knows(numbered("socketio:old", i), numbered("Monitor old", i), 1000 - i);
  house.devices.recall();
  house.passes("new");
  house.passes("old69");
  CHECK(house.removed().empty());
  house.host.now_us = protocols::ClientDevices::kReturn.count();
  house.devices.came("other");
  CHECK(house.removed() == std::vector<std::string>{"socketio:old68", "socketio:old67", "socketio:old66",
                                                    "socketio:old65", "socketio:old64", "socketio:old63",
                                                    "socketio:old62"});
}

TEST_CASE("a monitor that calls itself like another device is none") {
  Setup house;
  house.knows("sim:lamp", "Kitchen lamp");
  house.knows("sim:door", "Monitor m");
  for (const auto* id : {"kitchen LAMP", "SIM:lamp", "m"}) house.devices.came(id);
  CHECK(house.declared().empty());
  REQUIRE(house.host.log.size() == 1);
  CHECK(house.host.log[0] ==
        "the monitor kitchen LAMP is no device: the device sim:lamp is called so (1 refused since the last "
        "line)");
  house.host.now_us = protocols::Seldom::kPause.count();
  house.devices.came("SIM:lamp");
  REQUIRE(house.host.log.size() == 2);
  CHECK_THAT(house.host.log[1], Catch::Contains("(3 refused since the last line)"));
}

TEST_CASE("a device that somebody has taken away is offered again when its monitor comes again") {
  Setup house;
  house.devices.came("m");
  house.host.tell(DeviceRemoved{"socketio:m"});
  house.devices.went("m");
  CHECK(house.host.said<DeviceReachable>().empty());
  house.declared();
  house.devices.came("m");
  CHECK(house.declared() == std::vector<std::string>{"socketio:m"});
}
