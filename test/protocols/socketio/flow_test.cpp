// The document's events between users and monitors.
#include <catch2/catch.hpp>

#include "peer.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kQueryOk = R"(["query ok",{"reason":"Query ok"}])";
const std::string kConOk = R"(["con ok",{"reason":"Connection ok"}])";
const std::string kCommandOk = R"(["command ok",{"reason":"Command ok"}])";
const std::string kFinish = R"(["command finish",{"reason":"Command finish"}])";

std::string failed(const std::string& reason) {
  return R"(["command failed",{"reason":")" + reason + R"("}])";
}

// A user bound to a monitor, both of whom have heard so.
struct Pair {
  Server server{};
  Peer user{server}, monitor{server};
  Pair() {
    user.query("m");
    monitor.con("m");
    CHECK(user.heard() == Heard{kQueryOk});
    CHECK(monitor.heard() == Heard{kConOk});
  }
};

}  // namespace

TEST_CASE("a command goes to the monitor, its end comes back, and ok is said first") {
  Pair pair;
  pair.user.says(R"(["command send",{"command":"open \"it\" é","more":1}])");
  CHECK(pair.user.heard() == Heard{kCommandOk});
  CHECK(pair.monitor.heard() == Heard{R"(["command do",{"command":"open \"it\" é"}])"});
  pair.monitor.done();
  CHECK(pair.user.heard() == Heard{kFinish});
  CHECK(pair.monitor.heard().empty());
  CHECK(pair.server.flow.counts().commands == 1);
}

TEST_CASE("done counts with data, without, and with something else instead") {
  Pair pair;
  for (const auto* event : {R"(["command done"])", R"(["command done",{}])", R"(["command done",null,3])"}) {
    pair.monitor.says(event);
    CHECK(pair.user.heard() == Heard{kFinish});
  }
}

TEST_CASE("an error reaches every bound user with its reason, or with one of its own") {
  Pair pair;
  Peer other(pair.server), stranger(pair.server);
  other.query("m");
  stranger.query("another");
  other.heard(), stranger.heard();
  pair.monitor.says(R"(["command error",{"reason":"no power"}])");
  CHECK(pair.user.heard() == Heard{failed("no power")});
  CHECK(other.heard() == Heard{failed("no power")});
  CHECK(stranger.heard().empty());
  pair.monitor.says(R"(["command error",{"reason":5}])");
  pair.monitor.says(R"(["command error"])");
  CHECK(pair.user.heard() == Heard{failed("Command failed"), failed("Command failed")});
}

TEST_CASE("done and error of who is no monitor mean nothing") {
  Pair pair;
  pair.user.done();
  pair.user.says(R"(["command error",{"reason":"x"}])");
  CHECK(pair.user.heard().empty());
  CHECK(pair.user.is_open());
}

TEST_CASE("a command that is none is refused and the connection stays") {
  Pair pair;
  for (const auto* event : {R"(["command send"])", R"(["command send",{}])", R"(["command send","on"])",
                            R"(["command send",{"command":""}])", R"(["command send",{"command":7}])"}) {
    pair.user.says(event);
    CHECK(pair.user.heard() == Heard{failed("Invalid command")});
  }
  Peer unbound(pair.server);
  unbound.send("on");
  CHECK(unbound.heard() == Heard{failed("Invalid command")});
  CHECK(pair.server.flow.counts().commands == 0);
}

TEST_CASE("a command to a monitor that isn't there is ok and then fails") {
  Server server;
  Peer user(server);
  user.query("nobody");
  user.send("on");
  CHECK(user.heard() == Heard{kQueryOk, kCommandOk, failed("monitor not connected")});
}

TEST_CASE("a user finds a monitor that comes after its query") {
  Server server;
  Peer user(server);
  user.query("m");
  Peer monitor(server);
  monitor.con("m");
  user.heard(), monitor.heard();
  user.send("on");
  CHECK(monitor.heard() == Heard{R"(["command do",{"command":"on"}])"});
}

TEST_CASE("a wrong monitor_id is refused, and the connection closed") {
  Server server(4);
  for (const auto* data : {R"({})", R"({"monitor_id":"abc"})", R"({"monitor_id":"abcde"})",
                           R"({"monitor_id":1234})", R"({"monitor_id":["abcd"]})"}) {
    Peer user(server), monitor(server);
    user.says(R"(["query",)" + std::string(data) + "]");
    monitor.says(R"(["con",)" + std::string(data) + "]");
    CHECK(user.heard() == Heard{R"(["query failed",{"reason":"Invalid monitor_id"}])", "closed"});
    CHECK(monitor.heard() == Heard{R"(["con failed",{"reason":"Invalid monitor_id"}])", "closed"});
  }
  CHECK(server.flow.counts().joined == 0);
}

TEST_CASE("a monitor_id is counted in characters") {
  CHECK(monitor::is_monitor_id("äöüß", 4));
  CHECK_FALSE(monitor::is_monitor_id("äö", 4));
  CHECK(monitor::is_monitor_id("x", 0));
  CHECK(monitor::is_monitor_id(std::string(256, 'x'), 0));
  CHECK_FALSE(monitor::is_monitor_id(std::string(257, 'x'), 0));
  CHECK_FALSE(monitor::is_monitor_id("", 0));
}

TEST_CASE("events are acknowledged after their answers, unknown ones never") {
  Pair pair;
  pair.user.says(R"(7["command send",{"command":"on"}])");
  CHECK(pair.user.heard() == Heard{kCommandOk, "ack 7[]"});
  pair.user.says(R"(8["what",{}])");
  CHECK(pair.user.heard().empty());
  pair.user.says(R"(9["query",{"monitor_id":""}])");
  CHECK(pair.user.heard() ==
        Heard{R"(["query failed",{"reason":"Invalid monitor_id"}])", "ack 9[]", "closed"});
}

TEST_CASE("another query changes the target, the same one doesn't") {
  Pair pair;
  Peer second(pair.server);
  second.con("n");
  pair.user.query("n");
  pair.user.query("n");
  pair.user.heard();
  pair.monitor.done();
  CHECK(pair.user.heard().empty());
  second.done();
  CHECK(pair.user.heard() == Heard{kFinish});
}

TEST_CASE("one connection may be both user and monitor") {
  Server server;
  Peer both(server);
  both.con("m");
  both.query("m");
  both.heard();
  both.send("on");
  CHECK(both.heard() == Heard{kCommandOk, R"(["command do",{"command":"on"}])"});
  both.done();
  CHECK(both.heard() == Heard{kFinish});
  CHECK(server.flow.counts().users == 1);
  CHECK(server.flow.counts().monitors == 1);
  CHECK(server.flow.counts().joined == 1);
}

TEST_CASE("another con frees the id before, the same one is ok again") {
  Pair pair;
  pair.monitor.con("m");
  pair.monitor.con("n");
  CHECK(pair.monitor.heard() == Heard{kConOk, kConOk});
  CHECK(pair.server.told == std::vector<std::string>{"came m", "went m", "came n"});
  Peer next(pair.server);
  next.con("m");
  CHECK(next.heard() == Heard{kConOk});
}

TEST_CASE("a user who leaves is told nothing more, the others are") {
  Pair pair;
  Peer other(pair.server);
  other.query("m");
  other.heard();
  pair.user.send("on");
  pair.user.heard();
  pair.user.goes();
  pair.monitor.done();
  CHECK(pair.user.heard().empty());
  CHECK(other.heard() == Heard{kFinish});
}

TEST_CASE("a user whose connection breaks while it is told something leaves the others alone") {
  Pair pair;
  Peer second(pair.server), third(pair.server);
  second.query("m");
  third.query("m");
  second.heard(), third.heard();
  second.breaks_when_spoken_to();
  pair.monitor.done();
  CHECK(pair.user.heard() == Heard{kFinish});
  CHECK(third.heard() == Heard{kFinish});
  pair.monitor.done();
  CHECK(third.heard() == Heard{kFinish});
  CHECK(pair.server.flow.counts().users == 2);
}

TEST_CASE("a monitor that breaks at a command fails it") {
  Pair pair;
  pair.monitor.breaks_when_spoken_to();
  pair.user.send("on");
  CHECK(pair.user.heard() == Heard{kCommandOk, failed("monitor disconnected")});
  CHECK(pair.server.flow.counts().monitors == 0);
}

TEST_CASE("rights that weren't given are refused, and the connection closed") {
  Server server;
  Peer user(server, {.query = false}), monitor(server, {.con = false});
  user.query("m");
  monitor.con("m");
  CHECK(user.heard() == Heard{R"(["query failed",{"reason":"Invalid token"}])", "closed"});
  CHECK(monitor.heard() == Heard{R"(["con failed",{"reason":"Invalid token"}])", "closed"});
}

TEST_CASE("a command may have 65,536 bytes and no more") {
  Pair pair;
  pair.user.send(std::string(monitor::Flow::kMostCommand, 'x'));
  CHECK(pair.user.heard() == Heard{kCommandOk});
  CHECK(pair.monitor.heard().size() == 1);
  pair.user.send(std::string(monitor::Flow::kMostCommand + 1, 'x'));
  CHECK(pair.user.heard() == Heard{failed("Invalid command")});
  CHECK(pair.monitor.heard().empty());
  CHECK(pair.server.flow.counts().commands == 1);
}

TEST_CASE("of a monitor's reason users hear 4,096 bytes, up to a character's boundary") {
  Pair pair;
  const std::string x(4095, 'x');
  pair.monitor.says(R"(["command error",{"reason":")" + x + R"(éé"}])");
  CHECK(pair.user.heard() == Heard{failed(x)});
  pair.monitor.says(R"(["command error",{"reason":")" + x + R"(yz"}])");
  CHECK(pair.user.heard() == Heard{failed(x + "y")});
}

TEST_CASE("a monitor that doesn't read is given no more commands") {
  Pair pair;
  pair.monitor.lags(monitor::Client::kMostQueued);
  pair.user.send("on");
  CHECK(pair.user.heard() == Heard{kCommandOk});
  CHECK(pair.monitor.heard().size() == 1);
  pair.monitor.lags(monitor::Client::kMostQueued + 1);
  pair.user.send("on");
  CHECK(pair.user.heard() == Heard{kCommandOk, failed("busy")});
  std::string words;
  pair.server.flow.command("m", "on", [&](const Status& status) {
    CHECK(status.error().code == ErrorCode::kBusy);
    words = status.error().words;
  });
  CHECK(words == "the monitor has too many commands to answer");
  CHECK(pair.monitor.heard().empty());
}
