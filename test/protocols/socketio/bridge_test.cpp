// The house carries out what users write.
#include "protocols/socketio/bridge.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using namespace hearth;

namespace {

struct Setup {
  monitor::DeviceMap devices;
  std::vector<std::string> commands;
  std::vector<std::function<void(const CommandDone&)>> open;
  std::vector<std::string> answers;
  monitor::Bridge bridge{devices, [this](const std::string& device, const std::string& capability,
                                         const Value& value, std::function<void(const CommandDone&)> done) {
                           commands.push_back(device + " " + capability + " " + to_text(value));
                           open.push_back(std::move(done));
                           return Handle();
                         }};

  void add(const std::string& id, const std::string& name, std::vector<Capability> capabilities) {
    auto& device = devices[id];
    device.device = id;
    device.name = name;
    device.capabilities = std::move(capabilities);
  }
  void run(std::string_view text) {
    bridge.run(text, [this](const Result<boost::json::object>& result) {
      answers.push_back(result.ok() ? boost::json::serialize(*result) : result.error().words);
    });
  }
};

}  // namespace

TEST_CASE("a command is answered when its outcome is there") {
  Setup house;
  house.add("sim:a", "Lamp", {"on_off"});
  house.run("on Lamp");
  CHECK(house.commands == std::vector<std::string>{"sim:a on_off on"});
  CHECK(house.answers.empty());
  house.open[0](CommandDone{"sim:a", "on_off", Outcome::kOk, ""});
  CHECK(house.answers == std::vector<std::string>{"{}"});
}

TEST_CASE("a failure comes back in the outcome's words, or by its name") {
  Setup house;
  house.add("sim:a", "Lamp", {"on_off"});
  house.run("on Lamp");
  house.open[0](CommandDone{"sim:a", "on_off", Outcome::kError, "the bulb is broken"});
  house.run("on Lamp");
  house.open[1](CommandDone{"sim:a", "on_off", Outcome::kTimeout, ""});
  CHECK(house.answers == std::vector<std::string>{"the bulb is broken", "timeout"});
}

TEST_CASE("what isn't understood goes to no device") {
  Setup house;
  house.run("on Lamp");
  CHECK(house.commands.empty());
  CHECK(house.answers == std::vector<std::string>{"there is no device called Lamp"});
}

TEST_CASE("status shows devices with their states") {
  Setup house;
  house.add("sim:a", "Lamp", {"on_off", "color"});
  house.add("sim:b", "Other", {});
  house.devices["sim:a"].states["on_off"] = {true, 0};
  house.devices["sim:a"].states["color"] = {Color{30, 50}, 0};
  house.devices["sim:b"].reachable = false;
  const std::string lamp =
      R"({"id":"sim:a","name":"Lamp","reachable":true,"states":{"color":{"hue":3E1,"saturation":5E1},"on_off":true}})";
  house.run("status");
  house.run("status Lamp");
  CHECK(house.answers ==
        std::vector<std::string>{
            R"({"devices":[)" + lamp + R"(,{"id":"sim:b","name":"Other","reachable":false,"states":{}}]})",
            R"({"devices":[)" + lamp + "]}"});
}

TEST_CASE("a house too large for one answer says so, single devices are still shown") {
  Setup house;
  for (int i = 0; i < 9000; ++i)
    house.add("sim:" + std::to_string(i), "Lamp " + std::to_string(i), {"on_off"});
  house.run("status");
  CHECK(house.answers.back() == "the house is too large for one answer: ask for status NAME");
  house.run("status sim:77");
  CHECK(house.answers.back() ==
        R"({"devices":[{"id":"sim:77","name":"Lamp 77","reachable":true,"states":{}}]})");
}

TEST_CASE("help lists the commands") {
  Setup house;
  house.run("help");
  CHECK(house.answers ==
        std::vector<std::string>{
            R"({"help":"on NAME, off NAME, toggle NAME, set NAME CAPABILITY VALUE, status [NAME], help"})"});
}
