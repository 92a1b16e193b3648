// What tests of Socket.IO share: a server on a loop of its own.
#ifndef HEARTH_TEST_PLUGINS_NET_SOCKETIO_FIXTURE_HPP
#define HEARTH_TEST_PLUGINS_NET_SOCKETIO_FIXTURE_HPP

#include <catch2/catch.hpp>

#include "hearth/socketio/client.hpp"
#include "hearth/socketio/server.hpp"
#include "http_fixture.hpp"

namespace hearth::test {

using namespace socketio;

// Offers "/" and, with a token, "/locked". Gives back what "say" brings, and leaves when told to.
class House {
 public:
  explicit House(LoopThread& its_thread, ServerOptions options = with_path({}))
      : thread(its_thread), http(its_thread, [this](const auto& exchange) { server->handle(exchange); }) {
    thread.on_loop([&] {
      server = std::make_unique<Server>(thread.io(), options);
      server->offer("/", [this](const auto& socket, const Joining& joining) { joined(socket, joining); });
      server->offer(
          "/locked", [this](const auto& socket, const Joining& joining) { joined(socket, joining); },
          [](const Joining& joining) {
            return joining.auth.contains("token") ? Status() : Status(ErrorCode::kDenied, "no token");
          });
    });
  }
  ~House() {
    thread.on_loop([this] { server.reset(); });
  }
  static ServerOptions with_path(ServerOptions options) {
    options.engine.path = "/socket.io/";
    return options;
  }

  void joined(const std::shared_ptr<Socket>& socket, const Joining& joining) {
    last = socket;
    ++joins;
    socket->emit("hello", {joining.auth});
    socket->on_event([this, raw = socket.get()](Event& event) {
      if (event.name == "say") raw->emit("said", event.args, event.attachments);
      if (event.name == "ask") event.ack(event.args, event.attachments);
      if (event.name == "leave") raw->disconnect();
      if (event.name == "close") raw->close();
      ++events;
    });
    socket->on_disconnect([this](std::string_view why) {
      ended_with = why;
      ++ended;
    });
  }

  LoopThread& thread;
  std::unique_ptr<Server> server;  // on the loop
  std::weak_ptr<Socket> last;
  std::atomic<int> joins{0}, events{0}, ended{0};
  std::string ended_with;
  HttpFixture http;
};

}  // namespace hearth::test

#endif
