// Packets from one socket to another: order, refusals, and peers that go.
#include "protocols/relay/router.hpp"

#include <catch2/catch.hpp>

#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;
using relay::Router;

namespace {

const std::string kUnregistered = refused("Device must be registered to send packets to other devices");
const std::string kNoPacket = refused("a packet is a JSON object");
const std::string kTooLong = refused("a packet has to have fewer than 1024 characters");

}  // namespace

TEST_CASE("a packet goes to whom it names, with its sender, and its sender hears that it has gone") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  CHECK(a.asks("b", R"( { "n" : [ 1.10 , 1e3 ], "t" : "\u00e4" } )") == kDone);
  CHECK(b.heard() == Lines{sent("a", R"({"n":[1.10,1e3],"t":"ä"})")});
  CHECK(b.asks("a", "null") == kDone);
  CHECK(a.heard() == Lines{sent("b", "null")});
}

TEST_CASE("only who is registered sends to others, and only to those who are") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene), b(scene, "b");
  for (const auto* target : {"b", "Lamp", "nobody", ""}) CHECK(a.asks(target, "1") == kUnregistered);
  CHECK(b.asks("nobody", "1") == refused("there is no device called nobody"));
  CHECK(b.asks("B", "1") == refused("there is no device called B"));
  CHECK(b.asks("", "1") == refused("there is no device called "));
  CHECK(b.heard().empty());
}

TEST_CASE("one may send to oneself") {
  Scene scene;
  Peer a(scene, "a");
  a.tells("a", "1");
  CHECK(a.heard() == Lines{sent("a", "1"), kDone});
}

TEST_CASE("a client comes before a device of that name") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  scene.has("sim:b", "b");
  CHECK(a.asks("b", "1") == kDone);
  CHECK(b.heard() == Lines{sent("a", "1")});
  b.goes();
  CHECK(a.asks("b", R"({"command":"get"})").starts_with(R"({"success":true,"response":{"id":"sim:b")"));
}

TEST_CASE("every packet has one answer, in the order of the packets") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  const auto too_long = packet("b", "\"" + std::string(1100, 'x') + "\"");
  a.says(packet("b", "1") + packet("nobody", "1") + "garbage\n" + too_long + packet("b", "2") + "[1,{}]" +
         packet("server", "1") + "{}");
  CHECK(a.heard() == Lines{kDone, refused("there is no device called nobody"), kNoPacket, kTooLong, kDone,
                           kNoPacket, refused("the payload of a packet for the server is an object"),
                           refused("'target' is missing")});
  CHECK(b.heard() == Lines{sent("a", "1"), sent("a", "2")});
}

TEST_CASE("packets may come byte by byte") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  for (const char byte : packet("b", R"("}\"{")") + "\n" + packet("b", "[{}]")) a.says(std::string(1, byte));
  CHECK(a.heard() == Lines{kDone, kDone});
  CHECK(b.heard() == Lines{sent("a", R"("}\"{")"), sent("a", "[{}]")});
}

TEST_CASE("a packet whose sender makes it too long is refused, and one character less goes") {
  Scene scene;
  Peer a(scene, "Küche, lange Bezeichnung"), b(scene, "b");
  const auto room = 1023 - relay::characters(sent("Küche, lange Bezeichnung", "\"\""));
  CHECK(a.asks("b", "\"" + std::string(room + 1, 'x') + "\"") ==
        refused("with its sender the packet would have 1024 characters or more"));
  CHECK(b.heard().empty());
  CHECK(a.asks("b", "\"" + std::string(room, 'x') + "\"") == kDone);
  const auto lines = b.heard();
  REQUIRE(lines.size() == 1);
  CHECK(relay::characters(lines[0]) == 1023);
}

TEST_CASE("a packet without an end is answered, and ends the connection and the registration") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  a.says(packet("b", "1") + "{\"" + std::string(5000, 'x'));
  CHECK(a.heard() == Lines{kDone, refused("no packet ends within 4096 characters")});
  CHECK(a.is_closed());
  CHECK(b.heard() == Lines{sent("a", "1")});
  CHECK(b.asks("a", "1") == refused("there is no device called a"));
  CHECK(scene.told.back() == "went a: the client has gone");
}

TEST_CASE("a client that goes is unregistered at once") {
  Scene scene;
  Peer b(scene, "b");
  {
    const Peer a(scene, "a");
    CHECK(scene.directory.find("a") != nullptr);
  }
  CHECK(scene.directory.find("a") == nullptr);
  CHECK(scene.told.back() == "went a: the client has gone");
  CHECK(scene.connections.size() == 1);
  CHECK_NOTHROW(Peer(scene, "a"));
}

TEST_CASE("a client that has sent all it will gets its answers, and the end") {
  Scene scene;
  Peer a(scene), b(scene, "b");
  a.says(packet("server", R"({"device_name":"a"})") + packet("b", "1") + "{\"unfinished");
  a.ends();
  CHECK(a.heard() == Lines{kDone, kDone});
  CHECK(a.is_closed());
  CHECK(b.heard() == Lines{sent("a", "1")});
  CHECK(scene.directory.find("a") == nullptr);
}

TEST_CASE("who takes another's name gets what is sent to it from then on") {
  Scene scene;
  Peer a(scene, "a"), b(scene), c(scene, "c");
  CHECK(c.asks("a", "1") == kDone);
  CHECK(b.asks("server", R"({"device_name":"a","force":true})") == kDone);
  CHECK(c.asks("a", "2") == kDone);
  const auto lines = a.heard();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == sent("c", "1"));
  CHECK(lines[1].starts_with(R"({"sender":"server","payload":{"event":"unregistered","device_name":"a")"));
  CHECK(b.heard() == Lines{sent("c", "2")});
  CHECK(a.asks("c", "3") == kUnregistered);
  a.goes();
  CHECK(c.asks("a", "4") == kDone);
}

TEST_CASE("the server's own packets go to clients by name") {
  Scene scene;
  Peer a(scene, "a");
  CHECK(scene.router.send("a", "[1]") == Router::Sent::kYes);
  CHECK(scene.router.send("A", "[1]") == Router::Sent::kUnknown);
  CHECK(scene.router.send("a", "\"" + std::string(1100, 'x') + "\"") == Router::Sent::kTooLong);
  scene.settle();
  CHECK(a.heard() == Lines{sent("server", "[1]")});
  auto how = Router::Sent::kYes;
  int count = 0;
  for (; how == Router::Sent::kYes && count < 10'000; ++count) {
    how = scene.router.send("a", "\"" + std::string(900, 'x') + "\"");
    scene.settle();
  }
  CHECK(how == Router::Sent::kFull);
  CHECK(a.heard().size() == static_cast<std::size_t>(count - 1));
}
