// WebSockets over loopback: messages, pings, closings, and peers that misbehave.
#include "hearth/net/websocket.hpp"

#include <catch2/catch.hpp>

#include "websocket_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using namespace hearth::test;

TEST_CASE("what a client does wrong is answered with its close code, and the connection ends") {
  LoopThread thread;
  const std::vector<std::pair<std::string, int>> cases{
      {plain(WebSocketOpcode::kText, "unmasked"), 1002},
      {"\xc1\x80", 1002},
      {"\x83\x80", 1002},
      {"\x09\x80", 1002},
      {masked(WebSocketOpcode::kContinuation, "x"), 1002},
      {masked(WebSocketOpcode::kClose, "x"), 1002},
      {masked(WebSocketOpcode::kClose, "\x03\xed"), 1002},
      {text("\xff"), 1007},
      {std::string("\x82\xff\0\0\0\0\x7f\xff\xff\xff", 10) + "mask", 1009}};
  for (const auto& [bytes, code] : cases) {
    INFO(code);
    Echo echo(thread);
    auto client = std::make_unique<Client>(echo.http.address);
    open(*client);
    client->send(bytes);
    CHECK(close_code(client->read_all()) == code);
    CHECK(client->closed());
    client.reset();
    CHECK(eventually([&, wanted = code] { return echo.closed == wanted; }));
    CHECK_FALSE(echo.reason().empty());
    CHECK(eventually([&] { return echo.http.size() == 0 && echo.last.expired(); }));
  }
}

TEST_CASE("a peer that closes is answered with its own code") {
  LoopThread thread;
  for (const auto& [payload, code] : std::vector<std::pair<std::string, int>>{{"\x0f\xa1"
                                                                               "bye",
                                                                               4001},
                                                                              {"\x03\xe8", 1000},
                                                                              {"", 1005}}) {
    Echo echo(thread);
    Client client(echo.http.address);
    open(client);
    client.send(text("first") + masked(WebSocketOpcode::kClose, payload) + text("too late"));
    const auto answer =
        plain(WebSocketOpcode::kText, "first") + plain(WebSocketOpcode::kClose, payload.substr(0, 2));
    CHECK(client.read_all() == answer);
    CHECK(client.closed());
    CHECK(eventually([&, wanted = code] { return echo.closed == wanted; }));
    CHECK(echo.messages == 1);
  }
}

TEST_CASE("a ping is answered at once, between the fragments of a message too") {
  LoopThread thread;
  Echo echo(thread);
  Client client(echo.http.address);
  open(client);
  auto first = text("frag");
  first[0] = '\x01';
  client.send(first + masked(WebSocketOpcode::kPing, "you there?"));
  CHECK(client.read(12) == plain(WebSocketOpcode::kPong, "you there?"));
  client.send(masked(WebSocketOpcode::kPong, "unasked") + masked(WebSocketOpcode::kContinuation, "ment"));
  CHECK(client.read(10) == plain(WebSocketOpcode::kText, "fragment"));
}

TEST_CASE("the server closes: the client's answer ends it, silence does after a time") {
  LoopThread thread;
  for (const bool answers : {true, false}) {
    WebSocketAccept accept;
    accept.options.close_timeout = answers ? hearth::Microseconds(5s) : 50ms;
    Echo echo(thread, accept);
    Client client(echo.http.address);
    open(client);
    client.send(text("close me"));
    const std::string close = plain(WebSocketOpcode::kClose,
                                    "\x0f\xa1"
                                    "as you wish");
    CHECK(client.read(close.size()) == close);
    client.send(text("still talking"));
    if (answers) client.send(masked(WebSocketOpcode::kClose, "\x0f\xa1"));
    CHECK(client.read_all().empty());
    CHECK(eventually([&] { return echo.closed == (answers ? 4001 : 1006); }));
    CHECK(echo.messages == 0);
  }
}

TEST_CASE("a connection that is lost, or dropped, ends as 1006, or without a word") {
  LoopThread thread;
  Echo echo(thread);
  auto client = std::make_unique<Client>(echo.http.address);
  open(*client);
  client.reset();
  CHECK(eventually([&] { return echo.closed == 1006; }));
  echo.closed = 0;
  Client dropped(echo.http.address);
  open(dropped);
  REQUIRE(eventually([&] { return echo.opened == 2; }));
  dropped.send(text("drop me"));
  CHECK(dropped.gone());
  CHECK(eventually([&] { return echo.http.size() == 0 && echo.last.expired(); }));
  CHECK(echo.closed == 0);
}

TEST_CASE("a client that doesn't read is dropped when the queue is full") {
  LoopThread thread;
  Echo echo(thread);
  Client client(echo.http.address), other(echo.http.address);
  open(client);
  open(other);
  client.send(text("flood me"));
  CHECK(eventually([&] { return echo.closed == 1006; }));
  CHECK(echo.reason() == "the peer doesn't read");
  other.send(text("still fine"));
  CHECK(other.read(12) == plain(WebSocketOpcode::kText, "still fine"));
}

TEST_CASE("unfinished messages are bounded together, and the room comes back") {
  LoopThread thread;
  WebSocketAccept accept;
  accept.options.max_message = 2 * Held::kMost;
  Echo echo(thread, accept);
  auto first = std::make_unique<Client>(echo.http.address),
       second = std::make_unique<Client>(echo.http.address);
  const auto part = masked(WebSocketOpcode::kBinary, std::string(Held::kMost / 2 + 1000, 'x'));
  for (auto* client : {first.get(), second.get()}) {
    open(*client);
    client->send(part.substr(0, part.size() - 1));
  }
  CHECK(eventually([&] { return echo.closed == 1013; }));
  first.reset();
  second.reset();
  CHECK(eventually([&] { return thread.ask<std::size_t>([&] { return thread.io().held; }) == 0; }));
}

TEST_CASE("pings go out in time, and a peer that is silent after one is lost") {
  LoopThread thread;
  WebSocketAccept accept;
  accept.options.ping_interval = 40ms;
  accept.options.pong_timeout = 100ms;
  Echo echo(thread, accept);
  Client silent(echo.http.address);
  open(silent);
  CHECK(silent.read_all() == plain(WebSocketOpcode::kPing, ""));
  CHECK(eventually([&] { return echo.closed == 1006; }));
  CHECK(echo.reason() == "the peer did not answer a ping");
  echo.closed = 0;
  Client alive(echo.http.address);
  open(alive);
  for (int i = 0; i < 3; ++i) {
    CHECK(alive.read(2) == plain(WebSocketOpcode::kPing, ""));
    alive.send(masked(WebSocketOpcode::kPong, ""));
  }
  CHECK(echo.closed == 0);
}

TEST_CASE("client and server talk to each other, large messages too") {
  LoopThread thread;
  Echo echo(thread);
  Peer peer(thread);
  WebSocketRequest request;
  request.options.ping_interval = 10ms;
  peer.connect(echo.http.port(), request);
  REQUIRE(peer.error.empty());
  const std::string big(900'000, 'w');
  thread.on_loop([&] {
    peer.socket->send_text("hello");
    peer.socket->send_binary(big);
    peer.socket->send_text("");
  });
  REQUIRE(eventually([&] { return peer.messages == 3; }));
  CHECK(peer.heard == "hello" + big);
  thread.on_loop([&] { peer.socket->close(1001, "going"); });
  CHECK(eventually([&] { return peer.closed == 1001 && echo.closed == 1001; }));
  CHECK(echo.reason() == "going");
  CHECK(eventually([&] { return echo.http.size() == 0; }));
}

TEST_CASE("a server that closes is understood by our client") {
  LoopThread thread;
  Echo echo(thread);
  Peer peer(thread);
  peer.connect(echo.http.port());
  thread.on_loop([&] { peer.socket->send_text("close me"); });
  CHECK(eventually([&] { return peer.closed == 4001 && echo.closed == 4001; }));
  CHECK(peer.close_reason == "as you wish");
}

TEST_CASE("callbacks may drop their own WebSocket, or put others in their place") {
  LoopThread thread;
  Echo echo(thread);
  std::shared_ptr<WebSocket> socket;
  std::atomic<int> stage{0};
  Attempt attempt;
  thread.on_loop([&] {
    attempt = connect_websocket(thread.io(), to(echo.http.port()), {}, [&](auto result, const HttpAnswer*) {
      attempt.reset();
      socket = *result;
      socket->on_message([&, keep = std::make_shared<int>(1)](std::string_view, bool) {
        socket->on_message([&, keep](std::string_view, bool) {
          socket.reset();
          stage = *keep + 1;
        });
        socket->send_text("again");
        stage = *keep;
      });
      socket->send_text("once");
    });
  });
  CHECK(eventually([&] { return stage == 2; }));
  CHECK(eventually([&] { return echo.closed == 1006; }));
}

TEST_CASE("a server that goes takes its WebSockets along without a word") {
  LoopThread thread;
  auto echo = std::make_unique<Echo>(thread);
  Client client(echo->http.address);
  open(client);
  REQUIRE(eventually([&] { return echo->opened == 1; }));
  const auto last = echo->last;
  echo.reset();
  CHECK(client.gone());
  CHECK(eventually([&] { return last.expired(); }));
}
