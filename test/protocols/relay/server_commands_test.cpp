// Packets for the server itself, as a client sends them.
#include "protocols/relay/server_commands.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "hearth/net/json.hpp"
#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kNone = R"({"success":true,"response":[]})";

std::string list(const Lines& names) {
  std::string line = R"({"success":true,"response":[)";
  for (const auto& name : names) line += (line.back() == '[' ? "\"" : ",\"") + name + "\"";
  return line + "]}";
}

std::string devices(Peer& peer) { return peer.asks("server", R"({"command":"get_devices"})"); }
std::string info(Peer& peer, const std::string& name) {
  return peer.asks("server", R"({"command":"get_device_info","device_name":")" + name + "\"}");
}

}  // namespace

TEST_CASE("the server is spoken to by both of its names in any capitals") {
  Scene scene;
  Peer peer(scene);
  for (const auto* name : {"server", "Server", "SERVER", "gerald", "GerALD"})
    CHECK(peer.asks(name, R"({"command":"get_devices"})") == kNone);
}

TEST_CASE("a payload that is no command is refused with what is wrong") {
  Scene scene;
  Peer peer(scene);
  for (const auto* payload : {"1", "\"get_devices\"", "[]", "null"})
    CHECK(peer.asks("server", payload) == refused("the payload of a packet for the server is an object"));
  CHECK(peer.asks("server", "{}") == refused("'command' is missing"));
  CHECK(peer.asks("server", R"({"command":5})") == refused("'command' is not a string"));
  CHECK(peer.asks("server", R"({"command":null,"device_name":"a"})") == refused("'command' is not a string"));
  CHECK(peer.asks("server", R"({"command":"dance"})") == refused("unknown command dance"));
  CHECK(peer.asks("server", R"({"command":"Register","device_name":"a"})") ==
        refused("unknown command Register"));
  CHECK(peer.asks("server", R"({"command":"get_devices","command":"get_devices"})")
            .starts_with(R"({"success":false)"));
  CHECK(peer.asks("server", R"({"command":")" + std::string(200, 'x') + "\"}") ==
        refused("unknown command " + std::string(80, 'x')));
}

TEST_CASE("registering needs a name, and takes texts") {
  Scene scene;
  Peer peer(scene);
  for (const auto* key : {"device_name", "description", "version", "interface"})
    for (const auto* value : {"1", "true", "[]", "{}"}) {
      const auto name = std::string(key) == "device_name" ? "" : R"("device_name":"a",)";
      CHECK(peer.asks("server", std::string(R"({"command":"register",)") + name + "\"" + key + "\":" + value +
                                    "}") == refused("'" + std::string(key) + "' is not a string"));
    }
  CHECK(peer.asks("server", R"({"command":"register"})") == refused("'device_name' is missing"));
  CHECK(peer.asks("server", R"({"command":"register","device_name":""})") ==
        refused("'device_name' is empty"));
  CHECK(peer.asks("server", R"({"device_name":null})") == refused("'device_name' is empty"));
  CHECK(peer.asks("server", R"({"device_name":"a","force":1})") == refused("'force' is not true or false"));
  CHECK(peer.asks("server", R"({"device_name":"SERVER"})") == refused("the name SERVER is reserved"));
  CHECK(devices(peer) == kNone);
  CHECK(peer.asks("server",
                  R"({"command":"register","device_name":"a","description":null,"version":"1","x":[]})") ==
        kDone);
  CHECK(devices(peer) == list({"a"}));
}

TEST_CASE("a payload with a name and no command registers") {
  Scene scene;
  Peer peer(scene);
  CHECK(
      peer.asks(
          "server",
          R"({"device_name":"led_strip","description":"A simple commandable LED strip.","version":"1.0.1"})") ==
      kDone);
  CHECK(
      info(peer, "led_strip") ==
      R"({"success":true,"response":{"name":"led_strip","description":"A simple commandable LED strip.","version":"1.0.1"}})");
}

TEST_CASE("unregistering needs a name that one has") {
  Scene scene;
  Peer peer(scene);
  CHECK(peer.asks("server", R"({"command":"unregister"})") == refused("this connection is not registered"));
  CHECK(peer.asks("server", R"({"device_name":"a"})") == kDone);
  CHECK(peer.asks("server", R"({"command":"unregister"})") == kDone);
  CHECK(peer.asks("server", R"({"command":"unregister"})") == refused("this connection is not registered"));
  CHECK(peer.asks("server", R"({"device_name":"b"})") == kDone);
}

TEST_CASE("a client is shown as it described itself, under both names of the command") {
  Scene scene;
  Peer peer(scene), other(scene, "plain");
  CHECK(peer.asks("server", R"({"device_name":"a","interface":"i","version":"v","description":"d"})") ==
        kDone);
  const std::string shown =
      R"({"success":true,"response":{"name":"a","description":"d","version":"v","interface":"i"}})";
  CHECK(info(peer, "a") == shown);
  CHECK(other.asks("server", R"({"command":"device_info","device_name":"a"})") == shown);
  CHECK(info(peer, "plain") == R"({"success":true,"response":{"name":"plain"}})");
  CHECK(info(peer, "nobody") == refused("there is no device called nobody"));
  CHECK(peer.asks("server", R"({"command":"get_device_info"})") == refused("'device_name' is missing"));
  CHECK(peer.asks("server", R"({"command":"get_device_info","device_name":7})") ==
        refused("'device_name' is not a string"));
}

TEST_CASE("the house's devices are listed behind the clients, by name or by id") {
  Scene scene;
  scene.has("sim:b", "Kitchen lamp");
  scene.has("sim:a", "Lamp");
  scene.has("sim:c", "Lamp");
  scene.has("sim:d", "");
  scene.has("relay:z", "z");
  Peer z(scene, "z"), y(scene, "y");
  CHECK(devices(y) == list({"z", "y", "sim:a", "Kitchen lamp", "sim:c", "sim:d"}));
}

TEST_CASE("a device of the house says what it can do") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer peer(scene);
  for (const auto* name : {"Lamp", "sim:a"})
    CHECK(
        info(peer, name) ==
        R"({"success":true,"response":{"name":"Lamp","description":"bulb: on_off, brightness","interface":"hearth: protocols/relay/README.md"}})");
  scene.has("sim:b", "Lamp");
  CHECK(info(peer, "Lamp") == refused("2 devices are called Lamp: sim:a, sim:b"));
}

TEST_CASE("a long list comes in parts that are packets, and every name once") {
  Scene scene;
  Lines names;
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 40; ++i) {
    std::string name = std::to_string(i);
    while (relay::characters(name) < static_cast<std::size_t>(i * 7 % 129)) name += i % 2 == 0 ? "x" : "é";
    names.push_back(name);
    peers.push_back(std::make_unique<Peer>(scene, name));
  }
  for (int i = 10; i < 60; ++i) {
    names.push_back(std::string(static_cast<std::size_t>(i * 4), 'n') + std::to_string(i));
    scene.has("sim:" + std::to_string(i), names.back());
  }
  Lines all;
  std::size_t parts = 0;
  for (std::int64_t offset = 0; offset >= 0 && parts < 100; ++parts) {
    const auto line =
        peers[0]->asks("server", R"({"offset":)" + std::to_string(offset) + R"(,"command":"get_devices"})");
    CHECK(relay::characters(line) < relay::kPacketLimit);
    const auto answer = net::json::parse(line);
    REQUIRE(answer.ok());
    for (const auto& name : answer->at("response").as_array()) all.emplace_back(name.as_string());
    const auto* next = answer->as_object().if_contains("next");
    if (next) CHECK(next->as_int64() == static_cast<std::int64_t>(all.size()));
    offset = next ? next->as_int64() : -1;
  }
  CHECK(all == names);
  CHECK(parts > 5);
}

TEST_CASE("names that JSON has to escape are packets in lists too") {
  Scene scene;
  std::vector<std::unique_ptr<Peer>> peers;
  for (char last = 'a'; last < 'e'; ++last)
    peers.push_back(std::make_unique<Peer>(scene, std::string(127, '\x01') + last));
  const auto line = devices(*peers[0]);
  CHECK(line.size() < relay::kPacketLimit);
  CHECK(line.ends_with(R"(a"],"next":1})"));
  CHECK(peers[0]->asks("server", R"({"command":"get_devices","offset":3})").ends_with(R"(d"]})"));
}

TEST_CASE("an offset beyond the list has nothing, and one that is no number is refused") {
  Scene scene;
  Peer peer(scene, "a");
  for (const auto* offset : {"1", "2", "9223372036854775807"})
    CHECK(peer.asks("server", R"({"command":"get_devices","offset":)" + std::string(offset) + "}") == kNone);
  for (const auto* offset : {"-1", "1.5", "\"1\"", "null", "18446744073709551615"})
    CHECK(peer.asks("server", R"({"command":"get_devices","offset":)" + std::string(offset) + "}") ==
          refused("'offset' is not a number"));
}

TEST_CASE("with a token nothing is done before a register that knows it") {
  Scene scene("se cret");
  scene.has("sim:a", "Lamp");
  Peer peer(scene);
  for (const auto* payload :
       {R"({"device_name":"a"})", R"({"device_name":"a","token":""})",
        R"({"device_name":"a","token":"se cre"})", R"({"device_name":"a","token":"se crett"})",
        R"({"device_name":"a","token":null})", R"({"device_name":"a","token":["se cret"]})"})
    CHECK(peer.asks("server", payload) == refused("Invalid token"));
  for (const auto* word : {"get_devices", "get_device_info", "unregister", "dance"})
    CHECK(peer.asks("server", R"({"command":")" + std::string(word) + "\"}") ==
          refused("Device must be registered first"));
  CHECK(peer.asks("Lamp", R"({"command":"get"})") ==
        refused("Device must be registered to send packets to other devices"));
  CHECK(peer.asks("server", R"({"device_name":"a","token":"se cret"})") == kDone);
  CHECK(devices(peer) == list({"a", "Lamp"}));
  CHECK(peer.asks("server", R"({"command":"unregister"})") == kDone);
  CHECK(devices(peer) == refused("Device must be registered first"));
}

TEST_CASE("with a token force needs it too, and who lost its name has nothing to say") {
  Scene scene("t");
  Peer a(scene), b(scene);
  CHECK(a.asks("server", R"({"device_name":"n","token":"t"})") == kDone);
  CHECK(b.asks("server", R"({"device_name":"n","force":true})") == refused("Invalid token"));
  CHECK(b.asks("server", R"({"device_name":"n","force":true,"token":"t"})") == kDone);
  CHECK(a.heard().size() == 1);
  CHECK(devices(a) == refused("Device must be registered first"));
}

TEST_CASE("without a token one that is sent doesn't matter") {
  Scene scene;
  Peer peer(scene);
  CHECK(peer.asks("server", R"({"device_name":"a","token":5})") == kDone);
}
