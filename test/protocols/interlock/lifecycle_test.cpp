// The way to a connection, step by step, and what is said on it.
#include "protocols/interlock/lifecycle.hpp"

#include <catch2/catch.hpp>

#include "fake_world.hpp"

using namespace std::chrono_literals;
using namespace hearth::interlock;
using hearth::Microseconds;
using hearth::test::FakeWorld;
using How = Linked::How;
using Codes = std::vector<int>;

namespace {

Patience quick(bool tests = true) { return {tests, 5s, 4s, 20s}; }

}  // namespace

TEST_CASE("a first start goes through tests and linking to a connection") {
  FakeWorld world;
  world.lifecycle.begin("");
  CHECK(world.said() == Codes{1200, 1210, 1211});
  CHECK(world.waits_for() == "test internet");
  world.passes();
  CHECK(world.said() == Codes{2210, 1212});
  CHECK(world.waits_for() == "test server");
  world.passes();
  CHECK(world.said() == Codes{2200, 1300});
  world.links({How::kWaiting, {}});
  CHECK(world.said() == Codes{1310});
  CHECK(world.waits_for() == "after 5000 ms");
  world.time_passes();
  world.links({How::kWaiting, {}});
  CHECK(world.said().empty());  // still 1310
  world.time_passes();
  world.links({How::kToken, "t1"});
  CHECK(world.waits_for() == "keep t1");
  CHECK(world.said().empty());  // only what is kept counts
  world.kept();
  CHECK(world.said() == Codes{2300, 1400});
  CHECK(world.waits_for() == "connect t1");
  world.connects();
  CHECK(world.said() == Codes{2000});
  CHECK(world.is_connected);
  CHECK(world.told.back() == "connected");
}

TEST_CASE("without tests it begins with the token") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("");
  CHECK(world.said() == Codes{1300});
  CHECK(world.waits_for() == "link");
}

TEST_CASE("a kept token needs no linking") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("old");
  CHECK(world.said() == Codes{1300, 2300, 1400});
  CHECK(world.waits_for() == "connect old");
}

TEST_CASE("without internet the test is repeated, and then all goes on as if it had worked at once") {
  FakeWorld world;
  world.lifecycle.begin("old");
  world.said();
  world.fails();
  CHECK(world.said() == Codes{4200, 4210, 4211});
  CHECK(world.waits_for() == "after 5000 ms");
  for (int i = 0; i < 3; ++i) {
    world.time_passes();
    CHECK(world.waits_for() == "test internet");
    world.fails();
    CHECK(world.said().empty());
  }
  CHECK(world.told.size() == 1);  // the same words once
  world.time_passes();
  world.passes();
  CHECK(world.said() == Codes{2210, 1212});
}

TEST_CASE("without the server its own test is repeated") {
  FakeWorld world;
  world.lifecycle.begin("old");
  world.passes();
  world.said();
  world.fails();
  CHECK(world.said() == Codes{4200, 4210, 4212});
  world.time_passes();
  CHECK(world.waits_for() == "test server");
  world.fails();
  CHECK(world.said().empty());
  world.time_passes();
  world.passes();
  CHECK(world.said() == Codes{2200, 1300, 2300, 1400});
}

TEST_CASE("each test that fails says so, even after the other one has") {
  FakeWorld world;
  world.lifecycle.begin("old");
  world.fails();
  world.time_passes();
  world.passes();
  world.said();
  world.fails();
  CHECK(world.said() == Codes{4200, 4210, 4212});
}

TEST_CASE("a refused or failed question for the token is repeated") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("");
  world.said();
  world.links({How::kDenied, "who are you"});
  CHECK(world.said() == Codes{4300});
  CHECK(world.told.back() == "the server refuses this machine: who are you");
  CHECK(world.waits_for() == "after 5000 ms");
  world.time_passes();
  world.links({How::kFailed, "no answer"});
  CHECK(world.said() == Codes{4310});
  world.time_passes();
  world.links({How::kWaiting, {}});
  CHECK(world.said() == Codes{1310});
  world.time_passes();
  world.links_to("t");
  CHECK(world.said() == Codes{2300, 1400});
}

TEST_CASE("a lost connection is made again after the tests, of which nothing is said, and a pause") {
  FakeWorld world(quick());
  world.start("t");
  world.said();
  world.ends(false, 10s);
  CHECK_FALSE(world.is_connected);
  CHECK(world.said() == Codes{4400});
  CHECK(world.waits_for() == "test internet");
  world.passes();
  world.passes();
  CHECK(world.said().empty());
  CHECK(world.waits_for() == "after 2000 ms");
  world.time_passes();
  CHECK(world.said() == Codes{1400});
  CHECK(world.waits_for() == "connect t");
  world.connects();
  CHECK(world.said() == Codes{2000});
}

TEST_CASE("tests that fail after a loss are told by their code alone") {
  FakeWorld world(quick());
  world.start("t");
  world.ends();
  world.said();
  world.fails();
  CHECK(world.said() == Codes{4211});
  world.time_passes();
  world.fails();
  CHECK(world.said().empty());
  world.time_passes();
  world.passes();
  world.fails();
  CHECK(world.said() == Codes{4212});
  world.time_passes();
  world.passes();
  CHECK(world.said().empty());
  CHECK(world.waits_for() == "after 2000 ms");
}

TEST_CASE("without tests a lost connection only waits for its pause") {
  FakeWorld world(quick(false));
  world.start("t");
  world.ends();
  CHECK(world.waits_for() == "after 2000 ms");
}

TEST_CASE("the pause doubles up to its most") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("t");
  std::vector<std::string> pauses;
  for (int i = 0; i < 5; ++i) {
    world.ends();
    pauses.push_back(world.waits_for());
    world.time_passes();
  }
  CHECK(pauses == std::vector<std::string>{"after 2000 ms", "after 4000 ms", "after 8000 ms",
                                           "after 10000 ms", "after 10000 ms"});
}

TEST_CASE("jitter is from half the pause to the whole of it") {
  for (const double luck : {0.0, 0.5, 0.999999}) {
    FakeWorld world(quick(false));
    world.luck = luck;
    world.lifecycle.begin("t");
    world.ends();
    CHECK(world.delay >= 2s);
    CHECK(world.delay < 4s);
    CHECK(world.delay >= Microseconds(static_cast<std::int64_t>(2e6 + luck * 1.9e6)));
  }
}

TEST_CASE("a most that is less than the least doesn't count") {
  FakeWorld world({false, 5s, 8s, 1s});
  world.lifecycle.begin("t");
  for (int i = 0; i < 3; ++i) {
    world.ends();
    CHECK(world.waits_for() == "after 4000 ms");
    world.time_passes();
  }
}

TEST_CASE("the pause is short again once a connection has lasted longer than the one before it") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("t");
  for (int i = 0; i < 2; ++i) {
    world.ends();
    world.time_passes();
  }
  world.connects();
  world.ends(false, 3s);  // the pause before was 4 s
  CHECK(world.waits_for() == "after 8000 ms");
  world.time_passes();
  world.connects();
  world.ends(false, 9s);
  CHECK(world.waits_for() == "after 2000 ms");
}

TEST_CASE("a refused token is forgotten, and another one asked for at once") {
  FakeWorld world(quick());
  world.start("old");
  world.said();
  world.ends(true, 1h);
  CHECK(world.token_on_disk.empty());
  CHECK(world.said() == Codes{3310});
  world.kept();
  CHECK(world.said() == Codes{3300});
  CHECK(world.waits_for() == "link");
  world.links({How::kWaiting, {}});
  CHECK(world.said() == Codes{1310});
  world.time_passes();
  world.links_to("new");
  CHECK(world.said() == Codes{2300, 1400});
  CHECK(world.connections == std::vector<std::string>{"old", "new"});
  world.connects();
  CHECK(world.said() == Codes{2000});
}

TEST_CASE("a second refusal in a row waits first, a third one longer") {
  FakeWorld world(quick());
  world.start("a");
  world.ends(true, 1h);
  world.kept();
  for (const auto* pause : {"after 2000 ms", "after 4000 ms"}) {
    world.links_to("b");
    world.said();
    world.ends(true);
    world.kept();
    CHECK(world.said() == Codes{3310});
    CHECK(world.waits_for() == pause);
    world.time_passes();
    CHECK(world.said() == Codes{3300});
    CHECK(world.waits_for() == "link");
  }
}

TEST_CASE("a server that refuses the token once it has let one in isn't asked without a pause") {
  FakeWorld world(quick());
  world.start("a");
  for (int i = 0; i < 4; ++i) {
    world.ends(true, 1ms);
    world.kept();
    if (i > 0) {
      CHECK(world.delay >= 2s);
      world.time_passes();
    }
    world.links_to("b");
    world.connects();
  }
  CHECK(world.delay == 8s);
}

TEST_CASE("after another failure a refusal is the first one again") {
  FakeWorld world(quick(false));
  world.lifecycle.begin("a");
  world.ends(true);
  world.kept();
  world.links_to("b");
  world.ends(false);
  world.time_passes();
  world.ends(true);
  world.kept();
  CHECK(world.waits_for() == "link");
}

TEST_CASE("after its end nothing is waited for") {
  FakeWorld world;
  world.lifecycle.begin("t");
  world.lifecycle.end();
  CHECK(world.waits_for().empty());
  FakeWorld connected;
  connected.start("t");
  connected.lifecycle.end();
  CHECK(connected.waits_for().empty());
}
