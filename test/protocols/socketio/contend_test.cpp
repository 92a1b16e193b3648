// A monitor_id that comes twice.
#include <catch2/catch.hpp>

#include "peer.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kConOk = R"(["con ok",{"reason":"Connection ok"}])";
const Heard kRefused{R"(["con failed",{"reason":"monitor_id already registered"}])", "closed"};

struct Setup {
  Server server{};
  Peer old{server}, newcomer{server};
  Setup() {
    old.con("m");
    old.heard();
    newcomer.con("m");
  }
};

}  // namespace

TEST_CASE("a second monitor waits until the first has proved that it lives, and is refused") {
  Setup house;
  CHECK(house.newcomer.heard().empty());
  REQUIRE(house.old.probes() == 1);
  house.old.proves(true);
  CHECK(house.newcomer.heard() == kRefused);
  CHECK(house.old.is_open());
  CHECK(house.server.flow.counts().joined == 1);
}

TEST_CASE("a silent monitor gives way, and its commands fail") {
  Setup house;
  Peer user(house.server);
  user.query("m");
  user.send("on");
  user.heard();
  house.old.heard();
  house.old.proves(false);
  CHECK(house.old.heard() == Heard{"closed"});
  CHECK(house.newcomer.heard() == Heard{kConOk});
  CHECK(user.heard() == Heard{R"(["command failed",{"reason":"monitor disconnected"}])"});
  CHECK(house.server.told == std::vector<std::string>{"came m", "evicted m", "went m", "came m"});
  user.send("off");
  CHECK(house.newcomer.heard() == Heard{R"(["command do",{"command":"off"}])"});
}

TEST_CASE("a third monitor is refused at once while the second waits") {
  Setup house;
  Peer third(house.server);
  third.con("m");
  CHECK(third.heard() == kRefused);
  house.old.proves(false);
  CHECK(house.newcomer.heard() == Heard{kConOk});
}

TEST_CASE("the one that waits takes the place of one that goes by itself") {
  Setup house;
  house.old.goes();
  CHECK(house.newcomer.heard() == Heard{kConOk});
  house.old.proves(false);
  CHECK(house.newcomer.is_open());
  CHECK(house.server.flow.counts().monitors == 1);
}

TEST_CASE("one that waits and leaves is forgotten, and the next one needs no second ping") {
  Setup house;
  house.newcomer.goes();
  Peer next(house.server);
  next.con("m");
  CHECK(next.heard().empty());
  CHECK(house.old.probes() == 1);
  house.old.proves(true);
  CHECK(next.heard() == kRefused);
}

TEST_CASE("an answer that nobody waits for any more changes nothing") {
  Setup house;
  house.newcomer.goes();
  house.old.proves(false);
  CHECK(house.old.is_open());
  CHECK(house.server.flow.counts().monitors == 1);
}

TEST_CASE("one that waits may ask again, or for another id") {
  Setup house;
  house.newcomer.con("m");
  CHECK(house.newcomer.heard().empty());
  CHECK(house.old.probes() == 1);
  house.newcomer.con("n");
  CHECK(house.newcomer.heard() == Heard{kConOk});
  house.old.proves(false);
  CHECK(house.old.is_open());
  Peer user(house.server);
  user.query("n");
  user.send("on");
  CHECK(house.newcomer.heard() == Heard{R"(["command do",{"command":"on"}])"});
}

TEST_CASE("a monitor that wants another's id too is refused without a question") {
  Setup house;
  Peer second(house.server);
  second.con("n");
  second.heard();
  house.newcomer.goes();
  house.old.proves(true);
  second.con("m");
  CHECK(second.heard() == kRefused);
  CHECK(house.old.probes() == 0);
  CHECK(house.server.told == std::vector<std::string>{"came m", "came n", "went n"});
}

TEST_CASE("the house's own id is taken") {
  Server server;
  Peer monitor(server);
  monitor.con("home");
  CHECK(monitor.heard() == kRefused);
}
