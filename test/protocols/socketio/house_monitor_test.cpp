// The monitor that is the house.
#include <catch2/catch.hpp>

#include "peer.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kCommandOk = R"(["command ok",{"reason":"Command ok"}])";
const Heard kPageRefused{R"(["query failed",{"reason":"This page may not command the house: see origins"}])",
                         "closed"};
const std::string kFinish = R"(["command finish",{"reason":"Command finish"}])";

}  // namespace

TEST_CASE("a command to the house is answered to who has sent it") {
  Server server;
  Peer user(server), other(server);
  user.query("home");
  other.query("home");
  user.heard(), other.heard();
  user.send("on Kitchen lamp");
  REQUIRE(server.at_house == std::vector<std::string>{"on Kitchen lamp"});
  CHECK(user.heard() == Heard{kCommandOk});
  server.answers[0](boost::json::object());
  CHECK(user.heard() == Heard{kFinish});
  user.send("off Kitchen lamp");
  server.answers[1](Error{ErrorCode::kTimeout, "it didn't answer"});
  CHECK(user.heard() == Heard{kCommandOk, R"(["command failed",{"reason":"it didn't answer"}])"});
  user.send("status");
  server.answers[2](boost::json::object{{"devices", boost::json::array()}});
  CHECK(user.heard() ==
        Heard{kCommandOk, R"(["command finish",{"reason":"Command finish","result":{"devices":[]}}])"});
  CHECK(other.heard().empty());
}

TEST_CASE("an answer of the house that comes after its user has gone is dropped") {
  Server server;
  {
    Peer user(server);
    user.query("home");
    user.send("on lamp");
  }
  Peer next(server);
  server.answers[0](boost::json::object());
  CHECK(next.heard().empty());
  CHECK(server.flow.counts().joined == 1);
}

TEST_CASE("more than 64 commands of one user at once are too many") {
  Server server;
  Peer user(server);
  user.query("home");
  for (int i = 0; i < 64; ++i) user.send("on lamp");
  user.heard();
  user.send("on lamp");
  CHECK(user.heard() == Heard{kCommandOk, R"(["command failed",{"reason":"busy"}])"});
  CHECK(server.at_house.size() == 64);
  server.answers[0](boost::json::object());
  user.send("on lamp");
  CHECK(server.at_house.size() == 65);
}

TEST_CASE("a user that doesn't read what it has asked for is refused without the work") {
  Server server;
  Peer user(server);
  user.query("home");
  user.heard();
  user.lags(monitor::Client::kMostQueued + 1);
  user.send("status");
  CHECK(user.heard() == Heard{kCommandOk, R"(["command failed",{"reason":"busy"}])"});
  CHECK(server.at_house.empty());
  user.lags(0);
  user.send("status");
  CHECK(server.at_house.size() == 1);
}

TEST_CASE("a web page may not command the house, but monitors") {
  Server server;
  Peer page(server, {}, "http://page.example"), second(server, {}, "http://page.example");
  page.query("home");
  CHECK(page.heard() == kPageRefused);
  second.query("m");
  CHECK(second.heard() == Heard{R"(["query ok",{"reason":"Query ok"}])"});
}

TEST_CASE("a connection that turns out to be a page's after it has joined is judged as one") {
  Server server;
  Peer page(server);
  page.is_on("http://page.example");
  page.query("home");
  CHECK(page.heard() == kPageRefused);
}

TEST_CASE("where pages are let in by name they may command the house") {
  Server server(0, true);
  Peer page(server, {}, "http://panel.example");
  page.query("home");
  page.send("status");
  CHECK(server.at_house.size() == 1);
}

TEST_CASE("a monitor that is a page works, but isn't told to the house, which can't command it") {
  Server server;
  Peer page(server, {}, "http://page.example"), user(server);
  page.con("m");
  user.query("m");
  user.heard(), page.heard();
  user.send("x");
  CHECK(page.heard() == Heard{R"(["command do",{"command":"x"}])"});
  std::string words;
  server.flow.command("m", "on", [&](const Status& status) { words = status.error().words; });
  CHECK(words == "the monitor is not connected");
  page.goes();
  CHECK(server.told.empty());
}

TEST_CASE("after the end nothing that comes late finds anybody") {
  Server server;
  std::string words;
  {
    Peer user(server), monitor(server), newcomer(server);
    user.query("home");
    user.send("on lamp");
    monitor.con("m");
    newcomer.con("m");
    server.flow.command("m", "on", [&](const Status& status) { words = status.error().words; });
    for (auto* peer : {&user, &monitor, &newcomer}) peer->heard();
    server.flow.clear();
    CHECK(words == "the plugin is stopping");
    monitor.proves(false);
    monitor.done();
    user.query("m");
    for (auto* peer : {&user, &monitor, &newcomer}) CHECK(peer->heard().empty());
    CHECK(server.flow.counts().joined == 0);
  }
  server.answers[0](boost::json::object());
  server.flow.command("m", "on", [&](const Status& status) { words = status.error().words; });
  CHECK(words == "the monitor is not connected");
  CHECK(server.told == std::vector<std::string>{"came m"});
}

TEST_CASE("a user may go from the house to a monitor and back") {
  Server server;
  Peer user(server), monitor(server);
  monitor.con("m");
  user.query("home");
  user.query("m");
  user.send("x");
  CHECK(server.at_house.empty());
  user.query("home");
  user.send("y");
  CHECK(server.at_house == std::vector<std::string>{"y"});
  user.heard();
  monitor.done();
  CHECK(user.heard().empty());
}
