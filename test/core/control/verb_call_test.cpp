// Tests of verb.call: a plugin's own commands over the bus.
#include <catch2/catch.hpp>

#include "test/core/control/running_server.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("a verb's progress lines come before its result, to the client that called") {
  House house;
  house.verb = [](House& h, const VerbCall& call, std::uint64_t id) {
    h.publish(VerbProgress{"somebody else's"}, id + 1000);
    h.publish(VerbProgress{"half"}, id);
    h.answer(id, {call.word + " " + call.verb + " " + call.args.at(0), "{\"n\":1}"});
  };
  const RunningServer server(house);
  RawClient client(house);
  client.send(R"({"id":"v","method":"verb.call","params":{"word":"kasa","verb":"pair","args":["x"]}})"
              "\n");
  CHECK(client.line() == R"({"jsonrpc":"2.0","method":"verb.progress","params":{"id":"v","text":"half"}})");
  CHECK(client.line() == R"({"jsonrpc":"2.0","id":"v","result":{"text":"kasa pair x","json":"{\"n\":1}"}})");
}

TEST_CASE("a verb that is refused says so in the plugin's words") {
  House house;
  house.verb = [](House& h, const VerbCall&, std::uint64_t id) {
    h.refuse(id, HEARTH_BUSY, "pairing already");
  };
  const RunningServer server(house);
  CHECK(RawClient(house).call("verb.call", R"({"word":"a","verb":"b"})") == "error: pairing already");
}

TEST_CASE("a verb call with wrong parameters never leaves the server") {
  House house;
  house.verb = [](House&, const VerbCall&, std::uint64_t) { FAIL("called"); };
  const RunningServer server(house);
  RawClient client(house);
  CHECK(client.call("verb.call", R"({"verb":"b"})") == "error: 'word' is missing or no text");
  CHECK(client.call("verb.call", R"({"word":"a","verb":"b","args":"c"})").find("error: 'args' is a list") ==
        0);
  CHECK(client.call("verb.call", R"({"word":"a","verb":"b","args":[1]})").find("error: 'args' is a list") ==
        0);
}

TEST_CASE("a client that leaves during a verb takes nothing with it") {
  House house;
  std::atomic<std::uint64_t> open{0};
  house.verb = [&](House& h, const VerbCall& call, std::uint64_t id) {
    if (call.verb == "later") {
      open = id;
    } else {
      h.answer(open, {"late", ""});
      h.answer(id, {"done", ""});
    }
  };
  const RunningServer server(house);
  {
    RawClient client(house);
    client.send("{\"id\":1,\"method\":\"verb.call\",\"params\":{\"word\":\"a\",\"verb\":\"later\"}}\n");
    REQUIRE(eventually([&] { return open != 0; }));
  }
  CHECK(RawClient(house).call("verb.call", R"({"word":"a","verb":"now"})") == R"({"text":"done","json":""})");
}
