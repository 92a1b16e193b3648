// Names: who has them, who may have them, who loses them.
#include "protocols/relay/directory.hpp"

#include <catch2/catch.hpp>

#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;
using relay::Card;
using relay::Client;
using relay::Directory;

namespace {

// Clients whose sockets nobody serves: the directory alone.
struct Setup {
  Scene scene{};
  Directory& directory = scene.directory;

  struct Guest {
    explicit Guest(Setup& setup)
        : peer(setup.scene, Peer::Bare::kYes),
          client(std::make_shared<Client>(peer.connection(), setup.scene.router)) {}
    Peer peer;
    std::shared_ptr<Client> client;
  };

  // The words of the refusal, or nothing.
  std::string enter(Guest& guest, Card card, bool force = false) {
    const auto status = directory.enter(*guest.client, std::move(card), force);
    if (!status.ok()) CHECK(status.error().code == ErrorCode::kInvalid);
    return status.ok() ? std::string() : status.error().words;
  }
  std::string enter(Guest& guest, const std::string& name, bool force = false) {
    return enter(guest, Card{name, {}, {}, {}}, force);
  }
  Lines names() {
    Lines all;
    for (const auto& [place, client] : directory.clients()) all.push_back(client->name());
    return all;
  }
  Lines told() { return std::exchange(scene.told, {}); }
};

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a client has the name and the texts that it enters with, until it leaves") {
  Setup one;
  Setup::Guest a(one);
  CHECK(one.enter(a, {"lamp", "a lamp", "1.0", "none"}).empty());
  CHECK(one.directory.find("lamp") == a.client.get());
  CHECK(a.client->is_registered());
  CHECK(a.client->card().description == "a lamp");
  CHECK(a.client->card().version == "1.0");
  CHECK(a.client->card().interface == "none");
  CHECK(a.client->head() == R"({"sender":"lamp","payload":)");
  one.directory.leave(*a.client, "bored");
  CHECK(one.directory.find("lamp") == nullptr);
  CHECK_FALSE(a.client->is_registered());
  CHECK(a.client->card().description.empty());
  CHECK(a.client->head().empty());
  one.directory.leave(*a.client, "again");
  CHECK(one.told() == Lines{"came lamp", "went lamp: bored"});
}

TEST_CASE("names are compared as they are written") {
  Setup one;
  Setup::Guest a(one), b(one);
  CHECK(one.enter(a, "lamp").empty());
  CHECK(one.enter(b, "Lamp").empty());
  CHECK(one.directory.find("lamp") == a.client.get());
  CHECK(one.directory.find("Lamp") == b.client.get());
  CHECK(one.directory.find("LAMP") == nullptr);
  CHECK(one.directory.find("") == nullptr);
}

TEST_CASE("a name that is taken is refused, and a second name") {
  Setup one;
  Setup::Guest a(one), b(one);
  CHECK(one.enter(a, "lamp").empty());
  CHECK(one.enter(b, "lamp") == "the name lamp is taken");
  CHECK(one.enter(a, "lamp") == "this connection is registered as lamp");
  CHECK(one.enter(a, "other") == "this connection is registered as lamp");
  CHECK_FALSE(b.client->is_registered());
  CHECK(one.names() == Lines{"lamp"});
  CHECK(one.told() == Lines{"came lamp"});
}

TEST_CASE("a name that is free again may be taken") {
  Setup one;
  Setup::Guest a(one), b(one);
  one.enter(a, "lamp");
  one.directory.leave(*a.client, "bored");
  CHECK(one.enter(b, "lamp").empty());
  CHECK(one.enter(a, "lamp") == "the name lamp is taken");
  CHECK(one.enter(a, "other").empty());
  CHECK(one.names() == Lines{"lamp", "other"});
}

TEST_CASE("the server's names are reserved in any capitals, and nothing else like them") {
  Setup one;
  for (const auto* name : {"server", "Server", "SERVER", "gerald", "Gerald", "gERALD"}) {
    Setup::Guest a(one);
    CHECK(relay::is_server(name));
    CHECK(one.enter(a, name) == "the name " + std::string(name) + " is reserved");
    CHECK(one.enter(a, name, true) == "the name " + std::string(name) + " is reserved");
  }
  for (const auto* name : {"servers", "serve", " server", "geralt", "sérver", ""})
    CHECK_FALSE(relay::is_server(name));
  Setup::Guest a(one);
  CHECK(one.enter(a, "servers").empty());
}

TEST_CASE("a name has 1 to 128 characters, the other texts at most 512, of whatever width") {
  Setup one;
  Setup::Guest a(one);
  CHECK(one.enter(a, "") == "'device_name' is empty");
  for (const auto* character : {"x", "é", "😀"}) {
    CHECK(one.enter(a, times(129, character)) == "'device_name' has more than 128 characters");
    const auto most = times(512, character), more = times(513, character);
    CHECK(one.enter(a, {times(128, character), most, most, most}).empty());
    one.directory.leave(*a.client, "bored");
    for (const auto& card : {Card{"a", more, {}, {}}, Card{"a", {}, more, {}}, Card{"a", {}, {}, more}})
      CHECK(one.enter(a, card) == "description, version and interface have at most 512 characters");
  }
  CHECK(one.names().empty());
}

TEST_CASE("clients stand in the order of their registration") {
  Setup one;
  Setup::Guest a(one), b(one), c(one);
  one.enter(b, "z");
  one.enter(a, "y");
  one.enter(c, "x");
  CHECK(one.names() == Lines{"z", "y", "x"});
  one.directory.leave(*b.client, "bored");
  one.enter(b, "a");
  CHECK(one.names() == Lines{"y", "x", "a"});
}

TEST_CASE("force takes the name from the other, who is told and stays without one") {
  Setup one;
  Setup::Guest a(one), b(one);
  one.enter(a, "la\"mp");
  CHECK(one.enter(b, "la\"mp", true).empty());
  CHECK(one.directory.find("la\"mp") == b.client.get());
  CHECK(one.names() == Lines{"la\"mp"});
  CHECK_FALSE(a.client->is_registered());
  CHECK(a.peer.heard() ==
        Lines{R"({"sender":"server","payload":{"event":"unregistered","device_name":"la\"mp",)"
              R"("reason":"another connection has taken the name"}})"});
  CHECK(b.peer.heard().empty());
  CHECK(one.told() == Lines{"came la\"mp", "came la\"mp"});
  one.directory.leave(*a.client, "bored");
  CHECK(one.directory.find("la\"mp") == b.client.get());
  CHECK(one.enter(a, "other").empty());
}

TEST_CASE("what is told of the longest name is still a packet") {
  Setup one;
  Setup::Guest a(one), b(one);
  const std::string name(128, '\x01');
  CHECK(one.enter(a, name).empty());
  CHECK(one.enter(b, name, true).empty());
  const auto lines = a.peer.heard();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() < relay::kPacketLimit);
}

TEST_CASE("force renames a client that has a name") {
  Setup one;
  Setup::Guest a(one);
  one.enter(a, {"old", "x", "1", "y"});
  CHECK(one.enter(a, "new", true).empty());
  CHECK(one.directory.find("old") == nullptr);
  CHECK(one.directory.find("new") == a.client.get());
  CHECK(a.client->card().description.empty());
  CHECK(a.client->head() == R"({"sender":"new","payload":)");
  CHECK(one.names() == Lines{"new"});
  CHECK(one.told() == Lines{"came old", "went old: the client has another name", "came new"});
  CHECK(a.peer.heard().empty());
}

TEST_CASE("force may give a client its own name again, with other texts") {
  Setup one;
  Setup::Guest a(one);
  one.enter(a, {"lamp", "old", {}, {}});
  CHECK(one.enter(a, {"lamp", "new", {}, {}}, true).empty());
  CHECK(a.client->card().description == "new");
  CHECK(one.names() == Lines{"lamp"});
  CHECK(one.told() == Lines{"came lamp", "came lamp"});
  CHECK(a.peer.heard().empty());
}

TEST_CASE("force may rename and take a name in one") {
  Setup one;
  Setup::Guest a(one), b(one);
  one.enter(a, "a");
  one.enter(b, "b");
  CHECK(one.enter(a, "b", true).empty());
  CHECK(one.names() == Lines{"b"});
  CHECK(one.directory.find("b") == a.client.get());
  CHECK(one.directory.find("a") == nullptr);
  CHECK_FALSE(b.client->is_registered());
  CHECK(b.peer.heard().size() == 1);
}

TEST_CASE("a name that the house objects to is refused, with force too") {
  Setup one;
  Setup::Guest a(one);
  one.scene.objection = [](const std::string& name) {
    return name == "lamp" ? std::string("it is a device's") : std::string();
  };
  CHECK(one.enter(a, "lamp") == "it is a device's");
  CHECK(one.enter(a, "lamp", true) == "it is a device's");
  CHECK(one.enter(a, "other").empty());
  CHECK(one.enter(a, "lamp", true) == "it is a device's");
  CHECK(one.names() == Lines{"other"});
}

TEST_CASE("an attempt that is refused takes nothing away") {
  Setup one;
  Setup::Guest a(one), b(one);
  one.enter(a, "lamp");
  one.enter(b, "b");
  CHECK_FALSE(one.enter(b, {"lamp", times(513, "x"), {}, {}}, true).empty());
  CHECK(one.directory.find("lamp") == a.client.get());
  CHECK(one.directory.find("b") == b.client.get());
  CHECK(a.peer.heard().empty());
}
