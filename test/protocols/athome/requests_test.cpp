// Requests over a socket, against the plugin on its real thread.
#include <catch2/catch.hpp>
#include <optional>

#include "fake_home.hpp"
#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

using namespace hearth;
using test::FakeHome;

namespace {

std::string text(const boost::json::value& answer, std::string_view key) {
  const auto* value = answer.get_object().if_contains({key.data(), key.size()});
  return value ? (value->is_string() ? std::string(std::string_view(value->get_string()))
                                     : net::json::to_text(*value))
               : "absent";
}

// "capability=value" of each command so far.
std::string asked(FakeHome& home) {
  std::string all;
  for (const auto& command : home.commands()) all += command.capability + "=" + to_text(command.value) + " ";
  return all;
}

std::string on(std::string_view args) { return concat(R"({"request": "On", "args": {)", args, "}}"); }

FakeHome::Options plain() { return {}; }

}  // namespace

TEST_CASE("StatusRequest tells the day and is called by its right name however it was written") {
  FakeHome home;
  const auto answer = home.ask(R"({"request": "statusREQUEST"})");
  CHECK(text(answer, "request") == "StatusRequest");
  CHECK(text(answer, "result-code") == "0");
  CHECK(text(answer, "message") == "Success");
  CHECK(text(answer, "firmware-revision") == "0.0.0.0");
  CHECK(answer.at("day-of-week").get_string().size() == 1);
  CHECK(text(answer, "server-version") == "2023.1.1");
  CHECK(text(answer, "server").find("/AtHomePowerlineServer") != std::string::npos);
}

TEST_CASE("the keys of an answer stand in the order that clients know") {
  FakeHome home;
  std::string keys;
  const auto answer = home.ask(R"({"request": "StatusRequest", "args": {}})");
  for (const auto& item : answer.get_object()) keys += std::string(item.key()) + " ";
  CHECK(keys ==
        "request date-time server server-version result-code day-of-week firmware-revision message "
        "call-sequence ");
}

TEST_CASE("every answer counts, refusals included") {
  FakeHome home;
  CHECK(text(home.ask(R"({"request": "GetTime"})"), "call-sequence") == "1");
  CHECK(text(home.ask("{]"), "call-sequence") == "2");
  CHECK(text(home.ask(R"({"request": "gettime"})"), "call-sequence") == "3");
}

TEST_CASE("an unknown request is 404 in message and error, and named as it was sent") {
  FakeHome home;
  const auto answer = home.ask(R"({"request": "MakeCoffee", "args": {}})");
  CHECK(text(answer, "request") == "MakeCoffee");
  CHECK(text(answer, "result-code") == "404");
  CHECK(text(answer, "error") == "Command is not recognized or implemented");
  CHECK(text(answer, "message") == text(answer, "error"));
}

TEST_CASE("arguments must be there and be an object where a request needs them") {
  FakeHome home;
  for (const auto* request :
       {R"({"request": "On"})", R"({"request": "QueryDevices", "args": []})",
        R"({"request": "Off", "args": null})", R"({"request": 5})", R"({"args": {}})"}) {
    INFO(request);
    CHECK(text(home.ask(request), "result-code") == "400");
  }
}

TEST_CASE("a query for a device that isn't there is 400") {
  FakeHome home;
  for (const auto* id : {"99", "\"99\"", "-1", "4294967297", "\"x\"", "null"}) {
    INFO(id);
    const auto answer = home.ask(concat(R"({"request": "QueryDevices", "args": {"device-id": )", id, "}}"));
    CHECK(text(answer, "result-code") == "400");
    CHECK(text(answer, "error") == text(answer, "message"));
  }
}

TEST_CASE("On switches, and answers once the house has done so") {
  FakeHome home;
  home.declare(test::bulb());
  const auto answer = home.ask(R"({"request": "DeviceOn", "args": {"device-id": "1", "dim-amount": "0"}})");
  CHECK(text(answer, "request") == "DeviceOn");
  CHECK(text(answer, "result-code") == "0");
  CHECK(asked(home) == "on_off=on ");
  CHECK(home.ask(R"({"request": "QueryDevices", "args": {"device-id": 1}})").at("device").at("on") == true);
  CHECK(text(home.ask(R"({"request": "Off", "args": {"device-id": 1}})"), "result-code") == "0");
  CHECK(asked(home) == "on_off=on on_off=off ");
}

TEST_CASE("brightness comes first, then colour, then on") {
  FakeHome home;
  home.declare(test::bulb());
  home.ask(on(R"("device-id": 1, "device-color": "#00ff00", "device-brightness": "40")"));
  CHECK(asked(home) == "brightness=40 color=120°/100% on_off=on ");
}

TEST_CASE("a dim-amount above 0 is a brightness, 0 leaves it alone, device-brightness wins") {
  FakeHome home;
  home.declare(test::bulb());
  home.ask(on(R"("device-id": 1, "dim-amount": "30")"));
  home.ask(on(R"("device-id": 1, "dim-amount": 0)"));
  home.ask(on(R"("device-id": 1, "dim-amount": 30, "device-brightness": 50)"));
  CHECK(asked(home) == "brightness=30 on_off=on on_off=on brightness=50 on_off=on ");
}

TEST_CASE("what a device cannot do is left out") {
  FakeHome home;
  home.declare(test::plug());
  CHECK(text(home.ask(on(R"("device-id": 2, "device-color": "#ff0000", "device-brightness": 10)")),
             "result-code") == "0");
  CHECK(asked(home) == "on_off=on ");
}

TEST_CASE("values out of range are 400 and nothing is switched") {
  FakeHome home;
  auto narrow = test::bulb();
  narrow.capabilities[1] = Capability("brightness").range(10, 90);
  home.declare(narrow);
  for (const auto* args :
       {R"("device-id": 1, "dim-amount": 101)", R"("device-id": 1, "device-brightness": -1)",
        R"("device-id": 1, "device-brightness": "bright")", R"("device-id": 1, "device-brightness": 5)",
        R"("device-id": 1, "device-color": "green")"}) {
    INFO(args);
    CHECK(text(home.ask(on(args)), "result-code") == "400");
  }
  CHECK(asked(home).empty());
}

TEST_CASE("a device is found by maker, address and channel too") {
  FakeHome home;
  home.declare(test::plug());
  for (
      const auto* args :
      {R"("device-mfg": "TPLink", "device-address": "192.0.2.7", "device-channel": 0)",
       R"("device-type": "hs110", "device-address": "192.0.2.7:9999", "device-channel": "0")",
       R"("device-mfg": "tplink", "device-address": "PLUG", "device-channel": "0", "device-color": "", "device-name": "x")"}) {
    INFO(args);
    CHECK(text(home.ask(on(args)), "result-code") == "0");
  }
  CHECK(text(home.ask(on(R"("device-mfg": "toaster", "device-address": "x", "device-channel": 0)")),
             "result-code") == "400");
  CHECK(text(home.ask(on(R"("device-mfg": "tplink", "device-address": "192.0.2.7")")), "error") ==
        "Either device ID or mfg+address+channel is required");
}

TEST_CASE("a driver is asked for a device that nobody knows, and what it can't find isn't kept") {
  FakeHome home;
  home.declare(test::plug());
  const auto stranger = on(R"("device-mfg": "meross", "device-address": "there", "device-channel": 1)");
  CHECK(text(home.ask(stranger), "result-code") == "500");
  REQUIRE(home.wishes().size() == 1);
  CHECK(home.wishes()[0].driver == "meross");
  CHECK(home.wishes()[0].address == "there");
  CHECK(home.wishes()[0].channel == 1);
  home.on_wanted = [](const DeviceWanted&) { return Error{ErrorCode::kInvalid, "no such address"}; };
  CHECK(text(home.ask(stranger), "error") == "no such address");
  CHECK(home.commands().empty());
}

TEST_CASE("a device that fails is 500 with its words, in error and message") {
  FakeHome home;
  home.declare(test::plug());
  home.on_command = [](const Command& c) {
    return CommandDone{c.device, c.capability, Outcome::kError, "relay stuck"};
  };
  const auto answer = home.ask(on(R"("device-id": 2)"));
  CHECK(text(answer, "result-code") == "500");
  CHECK(text(answer, "error") == "relay stuck");
  CHECK(text(answer, "message") == "relay stuck");
}

TEST_CASE("a light that won't take its colour is still switched, but that isn't success") {
  FakeHome home;
  home.declare(test::bulb());
  home.on_command = [](const Command& c) {
    return CommandDone{c.device, c.capability, c.capability == "color" ? Outcome::kError : Outcome::kOk, ""};
  };
  CHECK(text(home.ask(on(R"("device-id": 1, "device-color": "#ff0000")")), "result-code") == "500");
  CHECK(asked(home) == "color=0°/100% on_off=on ");
}

TEST_CASE("a device that isn't there is not tried again for each part of the request") {
  FakeHome home;
  home.declare(test::bulb());
  for (const auto outcome : {Outcome::kTimeout, Outcome::kUnreachable, Outcome::kBusy}) {
    home.on_command = [outcome](const Command& c) {
      return CommandDone{c.device, c.capability, outcome, ""};
    };
    const auto answer = home.ask(on(R"("device-id": 1, "device-brightness": 5)"));
    CHECK(text(answer, "result-code") == "500");
    CHECK_FALSE(text(answer, "error").empty());
  }
  CHECK(home.commands().size() == 3);
}

TEST_CASE("a command that a newer one replaced is a success that says so") {
  FakeHome home;
  home.declare(test::plug());
  home.on_command = [](const Command& c) {
    return CommandDone{c.device, c.capability, Outcome::kSuperseded, "newer"};
  };
  const auto answer = home.ask(on(R"("device-id": 2)"));
  CHECK(text(answer, "result-code") == "0");
  CHECK(text(answer, "message") == "superseded");
}

TEST_CASE("what cannot be switched is 400") {
  FakeHome home;
  auto sensor = test::plug();
  sensor.capabilities = {"temperature"};
  home.declare(sensor);
  CHECK(text(home.ask(on(R"("device-id": 2)")), "result-code") == "400");
}

TEST_CASE("DefineDevice as the document writes it asks the house for the device") {
  FakeHome home(plain());
  const auto answer = home.ask(R"({"request": "DefineDevice", "args": {"device-name": "Device under test",
      "device-location": "Unknown test location", "device-type": "hs110", "device-address": "192.168.1.234", "device-selected": 0}})");
  CHECK(text(answer, "result-code") == "0");
  CHECK(answer.at("device-id") == 26);
  const auto wish = home.wishes().at(0);
  CHECK(wish.driver == "tplink");
  CHECK(wish.address == "192.168.1.234");
  CHECK(wish.channel == 0);
  CHECK(wish.name == "Device under test");
  CHECK(wish.location == "Unknown test location");
}

TEST_CASE("DefineDevice as clients write it, for a driver that only this house has") {
  FakeHome home;
  home.announce({"gpio_led", "1", "driver", "running", ""});
  const auto answer = home.ask(
      R"({"request": "DefineDevice", "args": {"device-name": "L", "device-location": "", "device-mfg": "gpio_led",
      "device-address": "17", "device-channel": "3", "device-color": "#ffffff", "device-brightness": "100"}})");
  CHECK(text(answer, "result-code") == "0");
  CHECK(home.wishes().at(0).channel == 3);
}

TEST_CASE("DefineDevice refuses what is missing or nonsense before the house hears of it") {
  FakeHome home;
  const std::string name = R"("device-name": "a", "device-location": "b", )";
  for (const auto& args :
       {std::string(),
        R"("device-location": "b", "device-mfg": "tplink", "device-address": "c")" + std::string(),
        name + R"("device-address": "c")", name + R"("device-mfg": "toaster", "device-address": "c")",
        name + R"("device-mfg": "tplink")", name + R"("device-mfg": "tplink", "device-address": "")",
        name + R"("device-mfg": "tplink", "device-address": "c", "device-channel": "x")",
        name + R"("device-mfg": "tplink", "device-address": "c", "device-brightness": 101)",
        name + R"("device-mfg": "tplink", "device-address": "c", "device-color": "red")"}) {
    INFO(args);
    CHECK(text(home.ask(R"({"request": "DefineDevice", "args": {)" + args + "}}"), "result-code") == "400");
  }
  CHECK(home.wishes().empty());
}

TEST_CASE("a house that refuses a device is heard") {
  FakeHome home;
  home.on_wanted = [](const DeviceWanted&) { return Error{ErrorCode::kBusy, "too many devices"}; };
  const auto answer =
      home.ask(R"({"request": "DefineDevice", "args": {"device-name": "a", "device-location": "b",
      "device-mfg": "dummy", "device-address": "c"}})");
  CHECK(text(answer, "result-code") == "500");
  CHECK(text(answer, "error") == "too many devices");
}
