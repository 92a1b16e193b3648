// What the control socket asks of home.
#include "core/home/methods.hpp"

#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;
using Poco::Dynamic::Var;

namespace {

std::string text(const Var& json) {
  std::ostringstream out;
  Poco::JSON::Stringifier::stringify(json, out);
  return out.str();
}

struct Scene {
  Scene() {
    driver.publish(named("sim:a", "Kitchen"));
    driver.publish(named("sim:b", "Kitchen"));
    driver.publish(named("sim:c", "Hall Lamp"));
    house.settle();
  }
  static DeviceDeclared named(const std::string& id, const std::string& name) {
    auto d = lamp(id);
    d.name = name;
    return d;
  }
  // Begins a method; its outcome stands in the result once `endings` is 1.
  void begin(const std::string& method, const std::string& params) {
    endings = 0;
    house.on_home([&](Home& home) {
      Poco::JSON::Parser parser;
      home_methods(home).at(method)(*parser.parse(params).extract<Poco::JSON::Object::Ptr>(),
                                    [this](Result<Var> outcome) {
                                      ++endings;
                                      result = outcome.ok() ? text(*outcome) : outcome.error().words;
                                    });
    });
  }
  std::string call(const std::string& method, const std::string& params) {
    begin(method, params);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (bool done = false; !done && std::chrono::steady_clock::now() < deadline;)
      house.on_home([&](Home&) { done = endings > 0; });
    CHECK(endings == 1);
    return result;
  }
  std::string found(const std::string& words) {
    std::string id;
    house.on_home([&](Home& home) {
      const auto device = find_device(home.devices(), words);
      id = device.ok() ? (*device)->id() : device.error().words;
    });
    return id;
  }

  // Written on home's thread, at the latest when the driver goes and its commands end.
  int endings = 0;
  std::string result;
  TemporaryFolder folder;
  House house{folder.path()};
  FakePlugin driver{house, "sim"};
};

}  // namespace

TEST_CASE("devices.list shows each device with what is wished and what is so") {
  Scene s;
  s.driver.publish(StateChanged{"sim:c", "on_off", true});
  s.driver.publish(DeviceReachable{"sim:c", false, "no answer"});
  s.house.settle();
  Poco::JSON::Parser parser;
  const auto shown = s.call("devices.list", "{}");
  const auto list = parser.parse(shown).extract<Poco::JSON::Array::Ptr>();
  REQUIRE(list->size() == 3);
  const auto device = list->getObject(2);
  CHECK(device->getValue<std::string>("id") == "sim:c");
  CHECK(device->getValue<int>("number") == 3);
  CHECK(device->getValue<std::string>("name") == "Hall Lamp");
  CHECK(device->getValue<std::string>("location").empty());
  CHECK(device->getValue<std::string>("plugin") == "sim");
  CHECK(device->getValue<std::string>("address") == "127.0.0.1:sim:c");
  CHECK_FALSE(device->getValue<bool>("reachable"));
  CHECK(device->getValue<std::string>("reason") == "no answer");
  CHECK(
      shown.find(R"({"name":"brightness","type":"integer","unit":"%","min":0,"max":100,"writable":true})") !=
      std::string::npos);
  const auto state = device->getObject("state")->getObject("on_off");
  CHECK(state->getValue<bool>("reported"));
  CHECK(state->isNull("desired"));
  CHECK(state->getValue<std::string>("since").back() == 'Z');
}

TEST_CASE("a device is found by number, id and name, in any case") {
  Scene s;
  CHECK(s.found("2") == "sim:b");
  CHECK(s.found("sim:c") == "sim:c");
  CHECK(s.found("hall lamp") == "sim:c");
}

TEST_CASE("a name that fits several is refused with all of them, an unknown one with the nearest") {
  Scene s;
  CHECK(s.found("kitchen") ==
        "several devices are called \"kitchen\": 1 \"Kitchen\" (sim:a), 2 \"Kitchen\" (sim:b)");
  CHECK(s.found("hall") == "no device \"hall\", perhaps 3 \"Hall Lamp\" (sim:c)");
  CHECK(s.found("cellar") == "no device \"cellar\"");
  CHECK(s.found("") == "no device \"\"");
}

TEST_CASE("device.set ends with the command's outcome, and device.get shows what was reported") {
  Scene s;
  s.begin("device.set", R"({"device":"sim:c","capability":"brightness","value":40})");
  const auto asked = s.driver.asked<Command>();
  CHECK(body_of<Command>(asked).value == Value(std::int64_t{40}));
  s.driver.publish(StateChanged{"sim:c", "brightness", std::int64_t{40}}, asked.id);
  s.driver.yes(asked.id);
  s.house.settle();
  CHECK(s.result == R"({"device":"sim:c","capability":"brightness","outcome":"ok","words":""})");
  CHECK(s.call("device.get", R"({"device":3,"capability":"brightness"})") == "40");
  CHECK(s.call("device.get", R"({"device":3,"capability":"on_off"})") == "null");
  CHECK(s.call("device.get", R"({"device":3,"capability":"color"})") ==
        "3 \"Hall Lamp\" (sim:c) has no color");
}

TEST_CASE("device.toggle wishes the opposite of what is so, and refuses to guess") {
  Scene s;
  CHECK(s.call("device.toggle", R"({"device":3})") == "3 \"Hall Lamp\" (sim:c) hasn't said whether it is on");
  s.driver.publish(StateChanged{"sim:c", "on_off", true});
  s.house.settle();
  s.begin("device.toggle", R"({"device":3})");
  CHECK(body_of<Command>(s.driver.asked<Command>()).value == Value(false));
}

TEST_CASE("groups are set, listed, switched and removed by name") {
  Scene s;
  CHECK(s.call("groups.set", R"({"name":"All","devices":["hall lamp",1]})") ==
        R"({"number":1,"name":"All","devices":["sim:c","sim:a"]})");
  CHECK(s.call("groups.set", R"({"group":"all","name":"Everything"})") ==
        R"({"number":1,"name":"Everything","devices":["sim:c","sim:a"]})");
  CHECK(s.call("groups.list", "{}") == R"([{"number":1,"name":"Everything","devices":["sim:c","sim:a"]}])");
  s.begin("group.switch", R"({"group":"Everything","on":true})");
  s.driver.yes(s.driver.asked<Command>().id);
  s.driver.fail(s.driver.asked<Command>().id, HEARTH_FAILED, "burnt out");
  s.house.settle();
  CHECK(
      s.result ==
      R"([{"device":"sim:c","capability":"on_off","outcome":"ok","words":""},{"device":"sim:a","capability":"on_off","outcome":"error","words":"burnt out"}])");
  CHECK(s.call("groups.remove", R"({"group":"Everything"})") == "true");
  CHECK(s.call("groups.list", "{}") == "[]");
}

TEST_CASE("parameters that are missing or of another shape are refused in words") {
  Scene s;
  CHECK(s.call("device.set", R"({"capability":"on_off"})") == "the parameter 'device' is missing");
  CHECK(s.call("device.set", R"({"device":{}})") == "the parameter 'device' is missing");
  CHECK(s.call("groups.set", R"({"devices":[]})") == "the parameter 'name' is missing");
  CHECK(s.call("groups.set", R"({"name":"x","devices":"sim:a"})") == "the parameter 'devices' is not a list");
  CHECK(s.call("groups.remove", R"({"group":"none"})") == "no such group: none");
  s.call("groups.set", R"({"name":"x"})");
  CHECK(s.call("group.switch", R"({"group":"x","on":"maybe"})") == "the parameter 'on' is not true or false");
  CHECK(s.call("group.switch", R"({"group":"x"})") == "[]");
}
