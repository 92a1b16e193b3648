// What the server is told of devices that change.
#include "protocols/interlock/state_push.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"

using namespace hearth;
using namespace hearth::interlock;

namespace {

class Server final : public Remote {
 public:
  void push(const boost::json::object& message) override { heard.push_back(net::json::to_text(message)); }
  std::size_t queued() const override { return waiting; }
  std::vector<std::string> heard;
  std::size_t waiting = 0;
};

struct Setup {
  protocols::DeviceMap devices;
  Server server;
  Microseconds delay{0};
  std::function<void()> fire;
  std::weak_ptr<void> timer;
  StatePush push{devices, [this](Microseconds time, std::function<void()> what) {
                   delay = time;
                   fire = std::move(what);
                   auto attempt = std::make_shared<int>();
                   timer = attempt;
                   return attempt;
                 }};

  Setup() {
    for (const auto* id : {"a", "b"}) {
      devices[id].device = id;
      devices[id].number = static_cast<std::uint32_t>(devices.size());
      devices[id].name = id;
      set(id, false);
    }
  }
  void set(const std::string& id, bool on) {
    devices[id].states["on_off"] = {on, 0};
    push.changed(id);
  }
  bool waits() const { return !timer.expired(); }
};

std::string told(const std::string& id, int number, bool on) {
  return concat(R"({"t":"MSG","mt":"state","m":{"id":")", id, R"(","i":)", number, R"(,"name":")", id,
                R"(","reachable":true,"states":{"on_off":)", on, "}}}");
}

}  // namespace

TEST_CASE("nothing is told without a connection, nor of what was known before it") {
  Setup house;
  house.set("a", true);
  CHECK_FALSE(house.waits());
  house.push.begin(house.server);
  CHECK_FALSE(house.waits());
  CHECK(house.server.heard.empty());
}

TEST_CASE("changes within 20 ms are told together, once for each device") {
  Setup house;
  house.push.begin(house.server);
  house.set("b", true);
  CHECK(house.delay == std::chrono::milliseconds(20));
  house.set("a", true);
  house.set("b", false);
  house.set("b", true);
  CHECK(house.server.heard.empty());
  house.fire();
  CHECK(house.server.heard == std::vector<std::string>{told("a", 1, true), told("b", 2, true)});
  CHECK_FALSE(house.waits());
  house.set("a", false);
  house.fire();
  CHECK(house.server.heard.back() == told("a", 1, false));
}

TEST_CASE("a change that changes nothing isn't told") {
  Setup house;
  house.push.begin(house.server);
  house.set("a", false);
  house.fire();
  CHECK(house.server.heard.empty());
  house.set("a", true);
  house.set("a", false);
  house.fire();
  CHECK(house.server.heard.empty());
}

TEST_CASE("a server that doesn't read is told later, of the last state only") {
  Setup house;
  house.push.begin(house.server);
  house.server.waiting = StatePush::kMostQueued + 1;
  house.set("a", true);
  house.fire();
  CHECK(house.server.heard.empty());
  CHECK(house.waits());
  CHECK(house.delay == StatePush::kLater);
  house.devices["a"].states["on_off"] = {true, 0};
  house.devices["a"].name = "A";
  house.push.changed("a");
  house.server.waiting = 0;
  house.fire();
  REQUIRE(house.server.heard.size() == 1);
  CHECK(house.server.heard[0].find(R"("name":"A")") != std::string::npos);
}

TEST_CASE("a device that is gone isn't spoken of, a new one is") {
  Setup house;
  house.push.begin(house.server);
  house.set("a", true);
  house.devices.erase("a");
  house.devices["c"].device = "c";
  house.push.changed("c");
  house.fire();
  REQUIRE(house.server.heard.size() == 1);
  CHECK(house.server.heard[0].find(R"("id":"c")") != std::string::npos);
}

TEST_CASE("the end of the connection ends everything") {
  Setup house;
  house.push.begin(house.server);
  house.set("a", true);
  house.push.end();
  CHECK_FALSE(house.waits());
  house.set("b", true);
  CHECK_FALSE(house.waits());
}
