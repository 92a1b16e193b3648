// Tests of bus.follow: standing facts first, then what happens, and clients that don't read.
#include <catch2/catch.hpp>

#include "test/core/control/running_server.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

std::string kind(const Poco::JSON::Object& notification) {
  return notification.getValue<std::string>("method");
}

std::string device(const Poco::JSON::Object& notification) {
  return notification.getObject("params")->getObject("body")->getValue<std::string>("device");
}

}  // namespace

TEST_CASE("standing facts come first, then a mark, then what happens") {
  House house;
  house.keep({"x:1", "on_off", true});
  house.keep({"x:2", "on_off", false});
  const RunningServer server(house);
  RawClient client(house);
  CHECK(client.call("bus.follow") == "{}");
  for (const char* id : {"x:1", "x:2"}) {
    const auto fact = client.json();
    CHECK(kind(*fact) == "bus.message");
    CHECK(device(*fact) == id);
    CHECK(fact->getObject("params")->getValue<bool>("retained"));
  }
  CHECK(client.line() == R"({"jsonrpc":"2.0","method":"bus.retained_done","params":{"count":2}})");
  house.publish(StateChanged{"x:1", "on_off", false});
  const auto live = client.json();
  CHECK(device(*live) == "x:1");
  CHECK_FALSE(live->getObject("params")->getValue<bool>("retained"));
}

TEST_CASE("a follower of one type gets no other") {
  House house;
  house.keep({"x:1", "on_off", true});
  const RunningServer server(house);
  RawClient client(house);
  CHECK(client.call("bus.follow", R"({"type":"CommandDone"})") == "{}");
  CHECK(client.line().find("retained_done\",\"params\":{\"count\":0}") != std::string::npos);
  house.publish(StateChanged{"x:1", "on_off", false});
  house.publish(CommandDone{"x:9", "on_off", Outcome::kOk, ""});
  CHECK(device(*client.json()) == "x:9");
}

TEST_CASE("an unknown type is refused with the nearest") {
  House house;
  const RunningServer server(house);
  CHECK(RawClient(house).call("bus.follow", R"({"type":"StateChange"})") ==
        "error: no message type 'StateChange'; did you mean StateChanged?");
}

TEST_CASE("a follower that leaves is unsubscribed") {
  House house;
  const RunningServer server(house);
  REQUIRE(eventually([&] { return house.subscriptions() == 1; }));  // the server's own, for verbs
  {
    RawClient client(house);
    client.call("bus.follow");
    CHECK(house.subscriptions() == 2);
  }
  CHECK(eventually([&] { return house.subscriptions() == 1; }));
}

TEST_CASE("a follower that doesn't read loses messages, hears how many, and delays nobody") {
  House house;
  const RunningServer server(house);
  RawClient slow(house), other(house);
  slow.call("bus.follow", R"({"type":"StateChanged"})");
  CHECK(slow.line().find("retained_done") != std::string::npos);
  const StateChanged big{"x:1", "payload", std::string(50'000, 'x')};
  other.call("bus.follow", R"({"type":"CommandDone"})");
  CHECK(other.line().find("retained_done") != std::string::npos);
  for (int i = 0; i < 300; ++i) house.publish(big);
  house.publish(CommandDone{"x:9", "on_off", Outcome::kOk, ""});
  CHECK(device(*other.json()) == "x:9");
  int received = 0, dropped = 0;
  while (received + dropped < 300) {
    const auto next = slow.json();
    if (kind(*next) == "bus.message") ++received;
    if (kind(*next) == "bus.dropped") dropped += next->getObject("params")->getValue<int>("count");
  }
  CHECK(received + dropped == 300);
  CHECK(dropped > 0);
}

TEST_CASE("following once more begins anew") {
  House house;
  house.keep({"x:1", "on_off", true});
  const RunningServer server(house);
  RawClient client(house);
  for (int i = 0; i < 2; ++i) {
    client.send("{\"id\":1,\"method\":\"bus.follow\"}\n");
    CHECK(client.line() == R"({"jsonrpc":"2.0","id":1,"result":{}})");
    CHECK(device(*client.json()) == "x:1");
    CHECK(client.line().find("retained_done") != std::string::npos);
  }
  CHECK(house.subscriptions() == 2);
}
