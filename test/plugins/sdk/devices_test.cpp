// Devices of a plugin that is no driver.
#include "hearth/devices.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "test/plugins/sdk/fake_host.hpp"

using namespace hearth;

namespace {

struct Plugin {
  test::FakeHost host{"panel"};
  Devices devices{host.context()};
  std::vector<Command> commands;
  std::vector<Completion> open;
  std::vector<std::string> forgotten;

  Plugin() {
    devices.serve(
        [this](const Command& command, Completion done) {
          commands.push_back(command);
          open.push_back(std::move(done));
        },
        [this](const std::string& device) { forgotten.push_back(device); });
  }
};

}  // namespace

TEST_CASE("a device is declared and reported under the plugin's name") {
  Plugin plugin;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  const auto declared = plugin.host.said<DeviceDeclared>();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].first.device == "panel:a");
  CHECK(declared[0].first.name == "A");
  CHECK(declared[0].first.replaces.empty());
  CHECK(plugin.devices.contains("a"));

  plugin.devices.report("a", "on_off", true, 7);
  const auto states = plugin.host.said<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].first.device == "panel:a");
  CHECK(states[0].second == 7);

  plugin.devices.reachable("a", false, "asleep");
  const auto reachable = plugin.host.said<DeviceReachable>();
  REQUIRE(reachable.size() == 1);
  CHECK_FALSE(reachable[0].first.reachable);
  CHECK(reachable[0].first.reason == "asleep");
}

TEST_CASE("a device that takes another's place names it") {
  Plugin plugin;
  plugin.devices.declare({.id = "at-address", .name = "A", .capabilities = {"on_off"}});
  plugin.devices.declare({.id = "own", .name = "A", .capabilities = {"on_off"}}, "at-address");
  const auto declared = plugin.host.said<DeviceDeclared>();
  REQUIRE(declared.size() == 2);
  CHECK(declared[1].first.replaces == "panel:at-address");
  CHECK_FALSE(plugin.devices.contains("at-address"));
}

TEST_CASE("a command comes with the native id, and ends with a state and a yes") {
  Plugin plugin;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.host.ask(Command{"panel:a", "on_off", true}, 5);
  REQUIRE(plugin.commands.size() == 1);
  CHECK(plugin.commands[0].device == "a");
  CHECK(plugin.host.answers.empty());
  plugin.open[0].ok(true);
  const auto states = plugin.host.said<StateChanged>();
  REQUIRE(states.size() == 1);
  CHECK(states[0].first.device == "panel:a");
  CHECK(states[0].first.value == Value(true));
  CHECK(states[0].second == 5);
  CHECK(plugin.host.answers[5] == "ok");
}

TEST_CASE("a command for nothing, a failed one and a dropped one end in words") {
  Plugin plugin;
  plugin.host.ask(Command{"panel:b", "on_off", true}, 1);
  CHECK(plugin.host.answers[1] == "the plugin has no such device");
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.host.ask(Command{"panel:a", "on_off", true}, 2);
  plugin.open[0].fail(ErrorCode::kFailed, "no power");
  CHECK(plugin.host.answers[2] == "no power");
  plugin.host.ask(Command{"panel:a", "on_off", true}, 3);
  plugin.open.clear();
  CHECK(plugin.host.answers[3] == "the plugin gave no answer");
  CHECK(plugin.host.said<StateChanged>().empty());
}

TEST_CASE("a device that the house gives up is forgotten, one that the plugin withdraws isn't told back") {
  Plugin plugin;
  for (const auto* id : {"a", "b"})
    plugin.devices.declare({.id = id, .name = id, .capabilities = {"on_off"}});
  plugin.host.tell(DeviceRemoved{"other:a"});
  plugin.host.tell(DeviceRemoved{"panel:unknown"});
  CHECK(plugin.forgotten.empty());
  plugin.host.tell(DeviceRemoved{"panel:a"});
  CHECK(plugin.forgotten == std::vector<std::string>{"a"});
  CHECK_FALSE(plugin.devices.contains("a"));

  plugin.devices.remove("b");
  CHECK(plugin.host.said<DeviceRemoved>().size() == 1);
  plugin.host.tell(DeviceRemoved{"panel:b"});
  CHECK(plugin.forgotten.size() == 1);
}

TEST_CASE("after the end nothing is forgotten any more") {
  Plugin plugin;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.devices.end();
  plugin.host.tell(DeviceRemoved{"panel:a"});
  CHECK(plugin.forgotten.empty());
}

TEST_CASE("a device that takes its own place stays") {
  Plugin plugin;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}}, "a");
  CHECK(plugin.devices.contains("a"));
  const auto declared = plugin.host.said<DeviceDeclared>();
  REQUIRE(declared.size() == 1);
  CHECK(declared[0].first.replaces.empty());
}

TEST_CASE("a withdrawal that the house hasn't heard of hides no later one of its own") {
  Plugin plugin;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.host.full = true;
  plugin.devices.remove("a");
  CHECK_FALSE(plugin.devices.contains("a"));
  plugin.host.full = false;
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.host.tell(DeviceRemoved{"panel:a"});
  CHECK(plugin.forgotten == std::vector<std::string>{"a"});
  CHECK_FALSE(plugin.devices.contains("a"));
}

TEST_CASE("a device of an earlier run is withdrawn, and one that comes at once afterwards stays") {
  Plugin plugin;
  plugin.devices.remove_earlier("a");
  const auto removed = plugin.host.said<DeviceRemoved>();
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].first.device == "panel:a");
  plugin.devices.declare({.id = "a", .name = "A", .capabilities = {"on_off"}});
  plugin.host.tell(DeviceRemoved{"panel:a"});  // the house's word of the first
  CHECK(plugin.devices.contains("a"));
  plugin.devices.remove_earlier("a");
  CHECK(plugin.devices.contains("a"));
  CHECK(plugin.host.said<DeviceRemoved>().empty());
}
