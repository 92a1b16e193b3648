// The house's devices as targets, and their answers.
#include "protocols/relay/house_devices.hpp"

#include <catch2/catch.hpp>

#include "protocols/relay/packet_stream.hpp"
#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kForm = R"(a device of the house takes {"command":"on"|"off"|"toggle"|"set"|"get"})";

struct Setup {
  Scene scene{};
  Lines answers;
  Setup() { scene.has("sim:a", "Lamp"); }

  void run(std::string_view target, const std::string& payload) {
    scene.targets.run(target, payload, [this](const std::string& line) { answers.push_back(line); });
  }
  // The one line, without its newline.
  std::string says(std::string_view target, const std::string& payload) {
    answers.clear();
    run(target, payload);
    return answer();
  }
  std::string answer() {
    if (answers.size() != 1 || !answers[0].ends_with("\n")) return "not one line";
    return answers[0].substr(0, answers[0].size() - 1);
  }
  // The oldest that was asked ends so.
  void ends(Outcome outcome = Outcome::kOk, const std::string& words = {}) {
    const auto first = std::move(scene.asked.front());
    scene.asked.erase(scene.asked.begin());
    first.done({"sim:a", "x", outcome, words});
  }
};

}  // namespace

TEST_CASE("get shows a device by its id or its name") {
  Setup house;
  const std::string shown =
      R"({"success":true,"response":{"id":"sim:a","name":"Lamp","reachable":true,"states":{"on_off":true}}})";
  CHECK(house.says("sim:a", R"({"command":"get"})") == shown);
  CHECK(house.says("Lamp", R"({"command":"GET"})") == shown);
  CHECK(house.says("lamp", R"({"command":"get"})") == refused("there is no device called lamp"));
  CHECK(house.says("", R"({"command":"get"})") == refused("there is no device called "));
  CHECK(house.scene.asked.empty());
}

TEST_CASE("a name that several devices have is refused with their ids, and an id means that one") {
  Setup house;
  house.scene.has("sim:b", "Lamp");
  CHECK(house.says("Lamp", R"({"command":"get"})") == refused("2 devices are called Lamp: sim:a, sim:b"));
  CHECK(house.says("sim:b", R"({"command":"get"})").starts_with(R"({"success":true)"));
}

TEST_CASE("the relay's own devices are no targets and have no names to share") {
  Setup house;
  house.scene.has("relay:c", "c");
  house.scene.has("relay:Lamp", "Lamp");
  for (const auto* target : {"relay:c", "c"})
    CHECK(house.says(target, R"({"command":"get"})") ==
          refused("there is no device called " + std::string(target)));
  CHECK(
      house.says("Lamp", R"({"command":"get"})").starts_with(R"({"success":true,"response":{"id":"sim:a")"));
}

TEST_CASE("a payload that is no order is refused, and nothing is asked") {
  Setup house;
  for (const auto* payload : {"1", "\"on\"", "[]", "{}", "null", R"({"command":1})", R"({"on_off":true})"})
    CHECK(house.says("Lamp", payload) == refused(kForm));
  CHECK(house.says("Lamp", R"({"command":"dance"})") ==
        refused("unknown command dance: on, off, toggle and set are known"));
  CHECK(house.says("Lamp", R"({"command":"set"})") == refused("set needs a capability and its value"));
  CHECK(house.says("Lamp", R"({"command":"set","colour":1})") == refused("Lamp has no capability colour"));
  CHECK(house.says("Lamp", R"({"command":"on","brightness":"much"})") == refused("brightness is a number"));
  CHECK(house.says("Lamp", R"({"command":"on","on_off":true})") == refused("on_off contradicts the command"));
  CHECK(house.says("Lamp", R"({"command":"on","command":"on"})").starts_with(R"({"success":false)"));
  CHECK(house.says("Lamp", R"({"command":"on","brightness":1e999})").starts_with(R"({"success":false)"));
  CHECK(house.scene.asked.empty());
}

TEST_CASE("the answer comes once the device has done it, and is its state then") {
  Setup house;
  CHECK(house.says("Lamp", R"({"command":"off"})") == "not one line");
  REQUIRE(house.scene.asked.size() == 1);
  CHECK(house.scene.asked[0].words == "sim:a on_off");
  CHECK(house.scene.asked[0].value == Value(false));
  house.scene.reports("sim:a", "on_off", false);
  CHECK(house.answers.empty());
  house.ends();
  CHECK(
      house.answer() ==
      R"({"success":true,"response":{"id":"sim:a","name":"Lamp","reachable":true,"states":{"on_off":false}}})");
}

TEST_CASE("a switch may carry capabilities, and all of them have to end") {
  Setup house;
  house.run("Lamp", R"({"brightness":40,"command":"on"})");
  REQUIRE(house.scene.asked.size() == 2);
  CHECK(house.scene.asked[0].words == "sim:a on_off");
  CHECK(house.scene.asked[1].words == "sim:a brightness");
  CHECK(house.scene.asked[1].value == Value(std::int64_t{40}));
  house.ends(Outcome::kTimeout, "it didn't answer");
  CHECK(house.answers.empty());
  house.ends();
  CHECK(house.answer() == refused("it didn't answer"));
}

TEST_CASE("toggling goes by what the device has reported") {
  Setup house;
  house.run("Lamp", R"({"command":"toggle"})");
  REQUIRE(house.scene.asked.size() == 1);
  CHECK(house.scene.asked[0].value == Value(false));
  house.ends(Outcome::kUnreachable);
  CHECK(house.answer() == refused("unreachable"));
}

TEST_CASE("a device that is withdrawn while it does it has done it") {
  Setup house;
  house.run("Lamp", R"({"command":"off"})");
  house.scene.host.base.publish(DeviceRemoved{"sim:a"});
  house.scene.settle();
  house.ends();
  CHECK(house.answer() == kDone);
}

TEST_CASE("what is still open when the devices end is not answered") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  int answers = 0;
  std::function<void(const CommandDone&)> done;
  {
    relay::HouseDevices targets(scene.house, "relay",
                                [&](const std::string&, const std::string&, const Value&, auto its_done) {
                                  done = std::move(its_done);
                                  return Handle();
                                });
    targets.run("Lamp", R"({"command":"off"})", [&](const std::string&) { ++answers; });
    CHECK(done);
  }
  CHECK(answers == 0);
}

TEST_CASE("a command that was done is no failure, however much the device has to show") {
  Setup house;
  house.scene.has("sim:t", "Text", {"on_off", "pattern"});
  house.scene.reports("sim:t", "pattern", std::string(1100, 'x'));
  house.run("Text", R"({"command":"off"})");
  house.ends();
  CHECK(house.answer().starts_with(R"({"success":true)"));
  CHECK(relay::characters(house.answer()) < relay::kPacketLimit);
}

TEST_CASE("names are ids where they are missing or shared") {
  Setup house;
  house.scene.has("sim:b", "");
  house.scene.has("sim:c", "Strip");
  house.scene.has("tplink:d", "Strip");
  house.scene.has("relay:e", "e");
  CHECK(house.scene.targets.names() == std::vector<std::string_view>{"Lamp", "sim:b", "sim:c", "tplink:d"});
}

TEST_CASE("a device is described by its kind, its place and its capabilities") {
  Setup house;
  DeviceDeclared device;
  device.device = "sim:x";
  device.location = "Hall";
  device.capabilities = {"on_off"};
  house.scene.host.base.publish(device);
  house.scene.settle();
  const auto info = house.scene.targets.info("sim:x");
  REQUIRE(info.ok());
  CHECK(info->at("name") == "sim:x");
  CHECK(info->at("description") == "device, Hall: on_off");
  CHECK(info->at("interface") == "hearth: protocols/relay/README.md");
  CHECK_FALSE(house.scene.targets.info("nobody").ok());
  CHECK(house.scene.targets.info("relay:x").error().code == ErrorCode::kInvalid);
}

TEST_CASE("a device's name or id is held as it is written, and a client's own device isn't in its way") {
  Setup house;
  house.scene.has("relay:c", "c");
  const auto& targets = house.scene.targets;
  for (const auto* name : {"Lamp", "sim:a"}) CHECK(targets.holder(name) == "sim:a");
  for (const auto* name : {"lamp", "SIM:a", "c", "C", "other", ""}) CHECK(targets.holder(name).empty());
}
