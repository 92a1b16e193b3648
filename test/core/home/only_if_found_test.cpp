// Devices that somebody asks for only if their driver reaches them now: what isn't there isn't kept.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

const DeviceWanted kWanted{"sim", "192.0.2.7", 0, "", "", 0, true};

// As its driver sees it at the address that is asked for.
DeviceDeclared there(const std::string& reason = {}) {
  auto device = lamp("sim:x");
  device.address = kWanted.address;
  device.reachable = reason.empty();
  device.reason = reason;
  return device;
}

struct Scene : DrivenStage {
  // Asks for it; the driver has been asked then, and answers with one of the next two.
  void ask() {
    request = client.request(kWanted);
    asked = driver.asked<DeviceWanted>().id;
  }
  void take(const std::string& id) { driver.answer(asked, DeviceTaken{id, 0}); }
  void fail(hearth_status why, std::string_view words) { driver.fail(asked, why, words); }

  // The words in which it was answered that it can't be reached.
  std::string refusal() {
    const auto answer = client.answer_to(request);
    CHECK(answer.status == HEARTH_UNREACHABLE);
    return std::string(answer.body.text());
  }

  std::uint64_t request = 0, asked = 0;
};

}  // namespace

TEST_CASE("a device that is asked for only if found is kept when its driver reaches it") {
  Scene s;
  s.ask();
  s.driver.publish(there());
  s.take("sim:x");
  const auto taken = s.client.answer_as<DeviceTaken>(s.request);
  CHECK(taken.device == "sim:x");
  const auto devices = s.facts<DeviceDeclared>();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].number == taken.number);
}

TEST_CASE("one whose driver isn't there is refused at once, and isn't kept") {
  Scene s;
  s.driver.stop("it was stopped");
  s.request = s.client.request(kWanted);
  CHECK(s.refusal() == "the plugin sim isn't running");
  CHECK(s.facts<DeviceDeclared>().empty());
}

TEST_CASE(
    "one whose driver fails or refuses is unreachable in the driver's words, on one line, and isn't kept") {
  for (const auto status : {HEARTH_FAILED, HEARTH_UNREACHABLE, HEARTH_INVALID}) {
    Scene s;
    s.ask();
    s.fail(status, "nobody\nthere");
    CHECK(s.refusal() == "nobody\\nthere");
    CHECK(s.facts<DeviceDeclared>().empty());
  }
}

TEST_CASE("one whose driver goes while it looks isn't kept") {
  Scene s;
  s.ask();
  s.driver.stop("it crashed");
  CHECK_FALSE(s.refusal().empty());
  CHECK(s.facts<DeviceDeclared>().empty());
}

TEST_CASE("one that its driver names and hasn't declared isn't kept") {
  Scene s;
  s.ask();
  s.take("sim:x");
  CHECK(s.refusal() == "there is no such device");
  CHECK(s.facts<DeviceDeclared>().empty());
}

TEST_CASE("one that its driver has announced meanwhile and doesn't reach goes again, and that is said") {
  for (const bool named : {true, false}) {
    Scene s;
    s.listener.subscribe<DeviceRemoved>();
    s.ask();
    s.driver.publish(there("no answer"));
    named ? s.take("sim:x") : s.fail(HEARTH_UNREACHABLE, "nobody there");
    CHECK(s.refusal() == "no answer");
    CHECK(s.facts<DeviceDeclared>().empty());
    const auto removed = s.listener.read_all<DeviceRemoved>();
    REQUIRE(removed.size() == 1);
    CHECK(removed[0].device == "sim:x");
  }
}

TEST_CASE("one that goes again is let in when its driver reaches it") {
  Scene s;
  s.ask();
  s.driver.publish(there("no answer"));
  s.take("sim:x");
  s.refusal();
  s.driver.publish(there());
  CHECK(s.facts<DeviceDeclared>().size() == 1);
}

TEST_CASE("one that was known before and isn't reached now stays what it was") {
  Scene s;
  s.driver.publish(there("no answer"));
  const auto before = s.facts<DeviceDeclared>();
  REQUIRE(before.size() == 1);
  s.ask();
  s.take("sim:x");
  CHECK(s.refusal() == "no answer");
  const auto after = s.facts<DeviceDeclared>();
  REQUIRE(after.size() == 1);
  CHECK(after[0].number == before[0].number);
  CHECK(after[0].name == before[0].name);
}

TEST_CASE("one that somebody else has asked for meanwhile, found or not, stays theirs") {
  Scene s;
  s.ask();
  auto whatever = kWanted;
  whatever.only_if_found = false;
  whatever.name = "Porch";
  const auto theirs = s.client.request(whatever);
  const auto asked = s.driver.asked<DeviceWanted>().id;
  s.driver.publish(there("no answer"));
  s.driver.answer(asked, DeviceTaken{"sim:x", 0});
  s.client.answer_as<DeviceTaken>(theirs);
  s.take("sim:x");
  CHECK(s.refusal() == "no answer");
  const auto devices = s.facts<DeviceDeclared>();
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].name == "Porch");
}
