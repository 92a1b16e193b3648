// QueryDevices' text, kept and renewed.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <optional>

#include "fake_home.hpp"
#include "hearth/net/json.hpp"

using namespace hearth;
using test::FakeHome;

namespace {

std::string names(FakeHome& home) {
  std::string all;
  const auto answer = home.ask(R"({"request": "QueryDevices", "args": {}})");
  for (const auto& device : answer.at("devices").get_array())
    all += std::string(std::string_view(device.at("name").get_string())) + " ";
  return all;
}

}  // namespace

TEST_CASE("a device is shown with all that clients read") {
  ::setenv("TZ", "UTC0", 1);
  FakeHome home;
  home.declare(test::bulb());
  home.report({"simulated:bulb", "on_off", true});
  home.report({"simulated:bulb", "brightness", std::int64_t{40}});
  home.report({"simulated:bulb", "color", Color{120, 100}});
  const auto bytes = home.raw(R"({"request": "QueryDevices", "args": {"device-id": "1"}})");
  CHECK(
      bytes.find(
          R"("result-code": 0, "device": {"id": 1, "name": "Reading lamp", "location": "Study", "mfg": "simulated", )"
          R"("address": "bulb", "channel": 0, "color": "#00ff00", "brightness": 40, )"
          R"("updatetime": "2023-11-14 22:13:20", "type": "bulb", "on": true, "selected": 0}, "message": "Success")") !=
      std::string::npos);
}

TEST_CASE("a device without a word of itself is shown with defaults") {
  FakeHome home;
  auto silent = test::plug();
  silent.kind = "";
  home.declare(silent);
  const auto device = home.ask(R"({"request": "QueryDevices", "args": {}})").at("devices").at(0);
  CHECK(device.at("type") == "unknown");
  CHECK(device.at("on") == false);
  CHECK(device.at("color") == "#ffffff");
  CHECK(device.at("brightness") == 100);
}

TEST_CASE("devices are ordered by location and name, and the list follows every change") {
  FakeHome home;
  CHECK(names(home).empty());
  auto device = test::plug();
  home.declare(test::bulb());
  home.declare(device);
  CHECK(names(home) == "Fan Reading lamp ");
  device.location = "a cellar";  // lower case comes after
  home.declare(device);
  CHECK(names(home) == "Reading lamp Fan ");
  device.location = "Study";
  home.declare(device);
  CHECK(names(home) == "Fan Reading lamp ");
  home.remove("simulated:bulb");
  CHECK(names(home) == "Fan ");
  home.remove(device.device);
  home.declare(test::bulb());
  CHECK(names(home) == "Reading lamp ");
}
