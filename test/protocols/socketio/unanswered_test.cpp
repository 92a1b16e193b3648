// Commands that are out: counted, given up, failed when the monitor goes.
#include <catch2/catch.hpp>

#include "peer.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kFailed = R"(["command failed",{"reason":"monitor disconnected"}])";
const std::string kBusy = R"(["command failed",{"reason":"busy"}])";

// What became of a command of the house.
struct Waiting {
  std::vector<std::string> words;
  monitor::Done done() {
    return [this](const Status& status) { words.push_back(status.ok() ? "ok" : status.error().words); };
  }
};

struct Pair {
  Server server{};
  Peer user{server}, monitor{server};
  Pair() {
    user.query("m");
    monitor.con("m");
    user.heard(), monitor.heard();
  }
};

}  // namespace

TEST_CASE("a monitor that goes fails each command that is out, to who has sent it") {
  Pair pair;
  Peer other(pair.server);
  other.query("m");
  pair.user.send("1");
  pair.user.send("2");
  pair.user.send("3");
  pair.monitor.done();
  pair.user.heard(), other.heard();
  pair.monitor.goes();
  CHECK(pair.user.heard() == Heard{kFailed, kFailed});
  CHECK(other.heard().empty());
  CHECK(pair.server.told == std::vector<std::string>{"came m", "went m"});
}

TEST_CASE("what was out at one monitor isn't out at its successor") {
  Pair pair;
  pair.user.send("1");
  pair.monitor.goes();
  Peer next(pair.server);
  next.con("m");
  pair.user.heard();
  next.goes();
  CHECK(pair.user.heard().empty());
}

TEST_CASE("what was out at another target isn't told any more") {
  Pair pair;
  pair.user.send("1");
  pair.user.query("n");
  pair.user.heard();
  pair.monitor.goes();
  CHECK(pair.user.heard().empty());
}

TEST_CASE("a user is told of 64 failed commands at most") {
  Pair pair;
  for (int i = 0; i < 200; ++i) pair.user.send("x");
  pair.user.heard();
  pair.monitor.goes();
  CHECK(pair.user.heard().size() == 64);
}

TEST_CASE("a monitor that answers isn't given more than 256 commands at once") {
  Pair pair;
  pair.user.send("first");
  pair.monitor.done();
  for (int i = 0; i < 256; ++i) pair.user.send("x");
  CHECK(pair.monitor.heard().size() == 257);
  pair.user.heard();
  pair.user.send("one more");
  CHECK(pair.user.heard().back() == kBusy);
  CHECK(pair.monitor.heard().empty());
  pair.monitor.done();
  pair.user.send("one more");
  CHECK(pair.monitor.heard().size() == 1);
}

TEST_CASE("a monitor that falls silent is given commands again after half a minute") {
  Pair pair;
  pair.user.send("first");
  pair.monitor.done();
  for (int i = 0; i < 256; ++i) pair.user.send("x");
  pair.server.now += monitor::Monitor::kPatience + Microseconds(1);
  pair.monitor.heard();
  pair.user.send("one more");
  CHECK(pair.monitor.heard().size() == 1);
}

TEST_CASE("a monitor that never answers is given everything") {
  Pair pair;
  for (int i = 0; i < 1000; ++i) pair.user.send("x");
  CHECK(pair.monitor.heard().size() == 1000);
}

TEST_CASE("the house hears of its own command when that is the oldest one out") {
  Waiting outcome;
  Pair pair;
  pair.user.send("1");
  pair.server.flow.command("m", "2", outcome.done());
  pair.monitor.done();
  CHECK(outcome.words.empty());
  pair.monitor.says(R"(["command error",{"reason":"no power"}])");
  CHECK(outcome.words == std::vector<std::string>{"no power"});
  pair.server.flow.command("m", "3", outcome.done());
  pair.monitor.done();
  CHECK(outcome.words.back() == "ok");
  CHECK(pair.monitor.heard().size() == 3);
}

TEST_CASE("an answer that nobody waits for isn't counted") {
  Waiting outcome;
  Pair pair;
  pair.monitor.done();
  pair.server.flow.command("m", "on", outcome.done());
  CHECK(outcome.words.empty());
  pair.monitor.done();
  CHECK(outcome.words == std::vector<std::string>{"ok"});
}

TEST_CASE("the house's command to nobody, and to one that goes, is told at once") {
  Waiting outcome;
  Pair pair;
  pair.server.flow.command("nobody", "on", outcome.done());
  CHECK(outcome.words == std::vector<std::string>{"the monitor is not connected"});
  pair.server.flow.command("m", "on", outcome.done());
  pair.monitor.goes();
  CHECK(outcome.words.back() == "the monitor disconnected");
}

TEST_CASE("what users' commands have left unanswered doesn't stand in the house's way for ever") {
  Waiting outcome;
  Pair pair;
  pair.user.send("1");
  pair.server.now += monitor::Monitor::kPatience + Microseconds(1);
  pair.server.flow.command("m", "on", outcome.done());
  pair.monitor.done();
  CHECK(outcome.words == std::vector<std::string>{"ok"});
}

TEST_CASE("the house too is told that a monitor has too many commands") {
  Waiting outcome;
  Pair pair;
  for (int i = 0; i < 256; ++i) pair.server.flow.command("m", "on", outcome.done());
  CHECK(outcome.words.empty());
  pair.server.flow.command("m", "on", outcome.done());
  CHECK(outcome.words == std::vector<std::string>{"the monitor has too many commands to answer"});
  pair.server.now += monitor::Monitor::kPatience + Microseconds(1);
  pair.server.flow.command("m", "on", outcome.done());
  CHECK(outcome.words.size() == 257);
  CHECK(outcome.words.back() == "the monitor gave no answer");
}
