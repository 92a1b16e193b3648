// Clients as devices: what they bring with them, and what changes when they come again.
#include "protocols/common/client_devices.hpp"

#include <catch2/catch.hpp>

#include "test/plugins/sdk/fake_host.hpp"

using namespace hearth;
using namespace hearth::test;
using protocols::ClientDevices;

namespace {

struct Setup {
  FakeHost host{"relay"};
  House house{};
  std::vector<std::string> applied;
  ClientDevices devices{host.context(),
                        house,
                        {.noun = "client",
                         .name_of = [](const std::string& id) { return id; },
                         .apply =
                             [this](const Command& command, Completion done) {
                               applied.push_back(command.device + " " + std::get<std::string>(command.value));
                               done.ok(command.value);
                             }}};
  Setup() {
    house.follow(host.context());
    devices.begin();
  }

  bool came(const std::string& id, std::vector<Capability> capabilities = {"payload"}) {
    return devices.came(
        {.id = id, .name = "ignored", .capabilities = std::move(capabilities), .kind = "client"});
  }
  std::vector<DeviceDeclared> declared() {
    std::vector<DeviceDeclared> all;
    for (auto& [message, cause] : host.said<DeviceDeclared>()) all.push_back(message);
    return all;
  }
  void knows(const std::string& device, const std::string& name) {
    DeviceDeclared known;
    known.device = device;
    known.number = ++last_number;
    known.name = name;
    host.tell(known);
  }
  std::uint32_t last_number = 0;
};

const Capability kDescription("relay.description", ValueType::kText);

}  // namespace

TEST_CASE("a client is declared with what it can do, under the name that belongs to its id") {
  Setup one;
  CHECK(one.came("a", {"payload", kDescription}));
  const auto declared = one.declared();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].device == "relay:a");
  CHECK(declared[0].name == "a");
  CHECK(declared[0].kind == "client");
  CHECK(declared[0].reachable);
  CHECK(declared[0].capabilities == std::vector<Capability>{"payload", kDescription});
}

TEST_CASE("one that comes again with other capabilities is declared again, and with the same ones isn't") {
  Setup one;
  one.came("a");
  one.declared();
  one.devices.went("a", "the client has gone");
  CHECK(one.came("a", {"payload", kDescription}));
  auto declared = one.declared();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].reachable);
  CHECK(declared[0].capabilities.size() == 2);
  CHECK(one.host.said<DeviceReachable>().size() == 1);

  CHECK(one.came("a"));
  declared = one.declared();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].capabilities.size() == 1);
  one.devices.went("a", "the client has gone");
  one.host.said<DeviceReachable>();
  CHECK(one.came("a"));
  CHECK(one.declared().empty());
  const auto reachable = one.host.said<DeviceReachable>();
  REQUIRE(reachable.size() == 1);
  CHECK(reachable[0].first.reachable);
}

TEST_CASE("why it went is the device's reason, and going twice is said once") {
  Setup one;
  one.came("a");
  one.devices.went("a", "the client has unregistered");
  one.devices.went("a", "the client has gone");
  one.devices.went("never here", "the client has gone");
  const auto reachable = one.host.said<DeviceReachable>();
  REQUIRE(reachable.size() == 1);
  CHECK(reachable[0].first.device == "relay:a");
  CHECK_FALSE(reachable[0].first.reachable);
  CHECK(reachable[0].first.reason == "the client has unregistered");
}

TEST_CASE("facts are reported of those that are devices, and of nobody else") {
  Setup one;
  one.came("a", {"payload", kDescription});
  one.devices.report("a", "relay.description", std::string("a lamp"));
  one.devices.report("b", "relay.description", std::string("a lamp"));
  const auto states = one.host.said<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].first.device == "relay:a");
  CHECK(states[0].first.capability == "relay.description");
  CHECK(states[0].first.value == Value(std::string("a lamp")));
}

TEST_CASE("a command goes to whoever applies it, and reports what was sent") {
  Setup one;
  one.came("a");
  one.host.ask(Command{"relay:a", "payload", std::string("[1]")}, 1);
  CHECK(one.applied == std::vector<std::string>{"a [1]"});
  CHECK(one.host.answers[1] == "ok");
  CHECK(one.host.said<StateChanged>().size() == 1);
  one.host.ask(Command{"relay:b", "payload", std::string("[1]")}, 2);
  CHECK(one.host.answers[2] == "the plugin has no such device");
}

TEST_CASE("names that no device can have are refused") {
  Setup one;
  for (const auto& id : {std::string(), std::string("a\nb"), std::string("\x7f"), std::string("\u009f"),
                         std::string(129, 'x'), std::string("a\0b", 3)}) {
    CHECK_FALSE(protocols::is_native_id(id));
    CHECK_FALSE(one.came(id));
  }
  for (const auto& id :
       {std::string(128, 'x'), std::string("Küche"), std::string("\u00a0"), std::string("a:b")})
    CHECK(one.came(id));
  CHECK(one.declared().size() == 4);
}

TEST_CASE("who is called like a device of another is none, in any capitals") {
  Setup one;
  one.knows("sim:lamp", "Kitchen lamp");
  for (const auto* id : {"kitchen LAMP", "sim:lamp"}) CHECK_FALSE(one.came(id));
  CHECK(one.host.log.size() == 1);
  one.knows("relay:a", "a");
  CHECK(one.came("a"));
}

TEST_CASE("among themselves clients may differ in capitals alone") {
  Setup one;
  one.knows("relay:a", "a");
  one.knows("relay:b", "Renamed");
  CHECK(one.came("A"));
  CHECK(one.came("renamed"));
  CHECK_FALSE(one.came("Renamed"));
}

TEST_CASE("a device that the house has no more use for is declared anew when its client comes again") {
  Setup one;
  one.came("a");
  one.declared();
  one.host.tell(DeviceRemoved{"relay:a"});
  one.devices.report("a", "relay.description", std::string("x"));
  CHECK(one.host.said<StateChanged>().empty());
  one.devices.went("a", "the client has gone");
  CHECK(one.host.said<DeviceReachable>().empty());
  CHECK(one.came("a"));
  CHECK(one.declared().size() == 1);
}
