// The monitor that is the house.
#include <catch2/catch.hpp>

#include "peer.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kCommandOk = R"(["command ok",{"reason":"Command ok"}])";
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
  CHECK(server.flow.counts().connections == 1);
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

TEST_CASE("a page without the right may not command the house, but monitors") {
  Server server;
  Peer page(server, {.command = false}), second(server, {.command = false});
  page.query("home");
  CHECK(page.heard() ==
        Heard{R"(["query failed",{"reason":"This page may not command the house: see origins"}])", "closed"});
  second.query("m");
  CHECK(second.heard() == Heard{R"(["query ok",{"reason":"Query ok"}])"});
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
