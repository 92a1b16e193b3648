// Looking for devices: every driver is asked, and who doesn't answer is named.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

// The line of a plugin that home asks when devices are sought.
class Seeker {
 public:
  Seeker(House& house, std::string id)
      : line_({std::move(id), next_source(), {}, {}, false, true, true, true}, house.loop),
        house_(house),
        inbox_(64, [] {}) {
    line_.connect(&inbox_);
    house_.on_home([this](Home& home) { home.attach(line_); });
  }
  ~Seeker() { stop(); }

  void stop() {
    house_.on_home([this](Home& home) { home.detach(line_, "it was stopped"); });
  }
  // The request that came; its id. 0: none.
  std::uint64_t asked() {
    house_.settle();
    std::uint64_t id = 0;
    for (std::vector<Message> batch; inbox_.take(batch); batch.clear())
      for (const auto& m : batch)
        if (m.kind == MessageKind::kRequest && m.type == kType<DevicesSought>) id = m.id;
    return id;
  }
  void found(std::uint64_t request, const DevicesFound& devices) {
    send(MessageKind::kAnswer, kType<DevicesFound>, encode(builder_, devices), request, HEARTH_OK);
  }
  void fail(std::uint64_t request, hearth_status status, std::string_view words) {
    send(MessageKind::kAnswer, 0, {reinterpret_cast<const std::uint8_t*>(words.data()), words.size()},
         request, status);
  }
  void declare(const DeviceDeclared& device) {
    send(MessageKind::kPublish, kType<DeviceDeclared>, encode(builder_, device), 0, HEARTH_OK);
  }

 private:
  // Far from those of the fixture's plugins.
  static std::uint32_t next_source() {
    static std::uint32_t last = 1'000'000;
    return ++last;
  }
  void send(MessageKind kind, hearth_type type, hearth_bytes body, std::uint64_t request,
            hearth_status status) {
    Message m;
    m.kind = kind;
    m.id = message_id(line_.source(), ++counter_);
    m.cause = request;
    m.handle = request;
    m.type = type;
    m.status = status;
    m.body = Body(body);
    const auto sent = line_.send(std::move(m));
    REQUIRE(sent == HEARTH_OK);
    house_.settle();
  }

  Endpoint line_;
  House& house_;
  Queue inbox_;
  Builder builder_{1024};
  std::uint64_t counter_ = 0;
};

FoundDevice found(const std::string& id) { return {id, "Lamp", "192.0.2.1", "bulb", "LB1", 1}; }

std::vector<std::string> ids(const DevicesFound& found) {
  std::vector<std::string> all;
  for (const auto& device : found.devices) all.push_back(device.device);
  return all;
}

using Scene = Stage;

}  // namespace

TEST_CASE("what all drivers have found is gathered in one answer") {
  Scene s;
  Seeker sim(s.house, "sim"), other(s.house, "other");
  const auto id = s.client.request(DevicesSought{});
  other.found(other.asked(), {{found("other:x")}, {}});
  sim.found(sim.asked(), {{found("sim:a"), found("sim:b")}, {}});
  const auto all = s.client.answer_as<DevicesFound>(id);
  CHECK(ids(all) == std::vector<std::string>{"other:x", "sim:a", "sim:b"});
  CHECK(all.devices[0].model == "LB1");
  CHECK(all.failures.empty());
}

TEST_CASE("only the driver that was named is asked, and no plugin that is none") {
  Scene s;
  Seeker sim(s.house, "sim"), other(s.house, "other");
  FakePlugin plain(s.house, "plain");
  const auto id = s.client.request(DevicesSought{"sim"});
  CHECK(other.asked() == 0);
  CHECK(plain.read().empty());
  sim.found(sim.asked(), {});
  CHECK(s.client.answer_as<DevicesFound>(id).devices.empty());
}

TEST_CASE("where there is no driver the search ends at once with nothing") {
  Scene s;
  const auto all = s.client.answer_as<DevicesFound>(s.client.request(DevicesSought{}));
  CHECK(all.devices.empty());
  CHECK(all.failures.empty());
  CHECK(s.client.answer_as<DevicesFound>(s.client.request(DevicesSought{"none"})).devices.empty());
}

TEST_CASE("devices that can't be the driver's, or with unclean texts, are left out") {
  Scene s;
  Seeker sim(s.house, "sim");
  const auto id = s.client.request(DevicesSought{});
  DevicesFound mixed;
  for (const auto* wrong : {"other:x", "", "sim:", "sim", "simx:a", "sim:a\n", "sim:\xff"})
    mixed.devices.push_back(found(wrong));
  mixed.devices.push_back(found("sim:" + std::string(200, 'x')));
  for (auto text : {&FoundDevice::name, &FoundDevice::address, &FoundDevice::kind, &FoundDevice::model})
    (mixed.devices.emplace_back(found("sim:text")).*text) = std::string("a\0b", 3);
  mixed.devices.push_back(found("sim:good"));
  mixed.failures = {"a driver says nothing for home"};
  sim.found(sim.asked(), mixed);
  const auto all = s.client.answer_as<DevicesFound>(id);
  CHECK(ids(all) == std::vector<std::string>{"sim:good"});
  CHECK(all.failures.empty());
}

TEST_CASE("of one driver a thousand devices are taken") {
  Scene s;
  Seeker sim(s.house, "sim");
  const auto id = s.client.request(DevicesSought{});
  DevicesFound many;
  for (int i = 0; i < 1001; ++i) many.devices.push_back(found("sim:" + std::to_string(i)));
  sim.found(sim.asked(), many);
  CHECK(s.client.answer_as<DevicesFound>(id).devices.size() == 1000);
}

TEST_CASE("drivers that fail, stop or answer nonsense are named in one clean line each, the others heard") {
  Scene s;
  Seeker sim(s.house, "sim"), broken(s.house, "broken"), leaving(s.house, "leaving"), odd(s.house, "odd");
  const auto id = s.client.request(DevicesSought{});
  sim.found(sim.asked(), {{found("sim:a")}, {}});
  broken.fail(broken.asked(), HEARTH_FAILED, "no\nnetwork");
  odd.fail(odd.asked(), HEARTH_OK, "");
  leaving.stop();
  const auto all = s.client.answer_as<DevicesFound>(id);
  CHECK(ids(all) == std::vector<std::string>{"sim:a"});
  REQUIRE(all.failures.size() == 3);
  CHECK(all.failures[0].starts_with("broken: no"));
  CHECK(all.failures[0].find('\n') == std::string::npos);
  CHECK(all.failures[1].starts_with("odd: "));
  CHECK(all.failures[2].starts_with("leaving: "));
}

TEST_CASE("a driver that is silent is named when its time is up, and its late answer is nothing any more") {
  Scene s;
  Seeker sim(s.house, "sim"), silent(s.house, "silent");
  const auto id = s.client.request(DevicesSought{});
  sim.found(sim.asked(), {{found("sim:a")}, {}});
  const auto late = silent.asked();
  const auto all = s.client.answer_as<DevicesFound>(id);  // after five seconds
  CHECK(ids(all) == std::vector<std::string>{"sim:a"});
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].starts_with("silent: "));
  silent.found(late, {{found("silent:x")}, {}});
  CHECK(s.client.read().empty());
}

TEST_CASE(
    "a search that brings back lets in what was unwanted of the drivers that are asked, and of no other") {
  for (const bool bring_back : {true, false}) {
    Scene s;
    Seeker sim(s.house, "sim"), other(s.house, "other");
    for (auto* driver : {&sim, &other}) {
      const std::string id = driver == &sim ? "sim:a" : "other:a";
      driver->declare(lamp(id));
      CHECK(s.client.answer_to(s.client.request(DeviceUnwanted{id})).status == HEARTH_OK);
    }
    const auto id = s.client.request(DevicesSought{"sim", bring_back});
    sim.declare(lamp("sim:a"));
    other.declare(lamp("other:a"));
    sim.found(sim.asked(), {{found("sim:a")}, {}});
    CHECK(ids(s.client.answer_as<DevicesFound>(id)) == std::vector<std::string>{"sim:a"});
    s.house.on_home([bring_back](Home& home) {
      CHECK((home.devices().find("sim:a") != nullptr) == bring_back);
      CHECK(home.devices().is_unwanted("sim:a") != bring_back);
      CHECK(home.devices().find("other:a") == nullptr);
      CHECK(home.devices().is_unwanted("other:a"));
    });
  }
}

TEST_CASE("who asks and goes is not waited for") {
  Scene s;
  Seeker sim(s.house, "sim");
  {
    FakePlugin brief(s.house, "brief");
    brief.request(DevicesSought{});
  }
  sim.found(sim.asked(), {{found("sim:a")}, {}});
  const auto id = s.client.request(DevicesSought{});
  sim.found(sim.asked(), {{found("sim:b")}, {}});
  CHECK(ids(s.client.answer_as<DevicesFound>(id)) == std::vector<std::string>{"sim:b"});
}
