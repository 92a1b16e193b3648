// Both transports against servers on loopback: requests, answers, refusals, ends.
#include "protocols/interlock/remote.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"
#include "hearth/net/websocket_handshake.hpp"
#include "hearth/socketio/server.hpp"
#include "http_fixture.hpp"

using namespace hearth;
using namespace hearth::interlock;
using namespace hearth::test;

namespace {

using Connect = std::unique_ptr<Remote> (*)(net::Io&, const ServerAddress&, const std::string&, RemoteHooks);

// This side of one connection: echoes what it is asked, as {"echo":...} or {"error":true}.
struct House {
  House(LoopThread& its_thread, Connect connect, const std::string& address, const std::string& token = "t/1")
      : thread(its_thread) {
    thread.on_loop([&] {
      remote = connect(thread.io(), {*net::Url::parse("http://" + address)}, token,
                       {[this] { connected = true; },
                        [this](bool is_refused, std::string_view why) {
                          refused = is_refused;
                          words = why;
                          remote.reset();
                          ended = true;
                        },
                        [this](Result<boost::json::value> request, const Answer& answer) {
                          last = answer;
                          boost::json::object object;
                          if (request.ok()) object["echo"] = *request;
                          if (!request.ok()) object["error"] = true;
                          answer(object);
                          ++asked;
                        }});
    });
  }
  ~House() {
    thread.on_loop([this] {
      remote.reset();
      last = nullptr;
    });
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  LoopThread& thread;
  std::unique_ptr<Remote> remote;
  std::atomic<bool> connected{false}, ended{false}, refused{false};
  std::atomic<int> asked{0};
  std::string words;
  Answer last;
};

// A plain WebSocket server with one client.
struct PlainServer {
  explicit PlainServer(LoopThread& its_thread)
      : thread(its_thread), http(thread, [this](const Exchange& exchange) {
          query = exchange->request().query;
          if (refusal) return exchange->answer(*refusal);
          socket = net::accept_websocket(*exchange);
          socket->on_message([this](std::string_view data, bool) {
            heard.emplace_back(data);
            ++count;
          });
          socket->on_close([this](std::uint16_t code, std::string_view) { closed = code; });
        }) {}
  void say(std::string_view text) {
    thread.on_loop([&] { socket->send_text(text); });
  }
  LoopThread& thread;
  std::optional<net::HttpResponse> refusal;
  std::shared_ptr<net::WebSocket> socket;
  std::string query;
  std::vector<std::string> heard;
  std::atomic<int> count{0}, closed{0};
  HttpFixture http;
};

// The same for Socket.IO.
struct EventServer {
  explicit EventServer(LoopThread& its_thread, Status verdict = {})
      : thread(its_thread), http(thread, [this](const Exchange& exchange) {
          query = exchange->request().query;
          if (refusal) return exchange->answer(*refusal);
          server->handle(exchange);
        }) {
    thread.on_loop([&] {
      socketio::ServerOptions options;
      options.engine.path = "/socket.io/";
      server = std::make_unique<socketio::Server>(thread.io(), options);
      server->offer(
          "/",
          [this](const std::shared_ptr<socketio::Socket>& joined, const socketio::Joining&) {
            socket = joined;
            joined->on_event([this](socketio::Event& event) {
              heard.push_back(event.name + net::json::to_text(event.args));
              ++count;
            });
            joined->on_disconnect([this](std::string_view) { left = true; });
            here = true;
          },
          [verdict](const socketio::Joining&) { return verdict; });
    });
  }
  ~EventServer() {
    thread.on_loop([this] { server.reset(); });
  }
  EventServer(const EventServer&) = delete;
  EventServer& operator=(const EventServer&) = delete;
  void emit(const std::string& event, const boost::json::array& args) {
    thread.on_loop([&] { socket.lock()->emit(event, args); });
  }
  LoopThread& thread;
  std::unique_ptr<socketio::Server> server;
  std::optional<net::HttpResponse> refusal;
  std::weak_ptr<socketio::Socket> socket;
  std::string query;
  std::vector<std::string> heard;
  std::atomic<int> count{0};
  std::atomic<bool> left{false}, here{false};
  HttpFixture http;
};

net::HttpResponse unknown_token() {
  return net::HttpResponse::of(401, "application/json", R"({"msg":"INVALID_TOKEN"})");
}

}  // namespace

TEST_CASE("a WebSocket carries requests, answers and pushes") {
  LoopThread thread;
  PlainServer server(thread);
  House house(thread, connect_websocket, server.http.address);
  REQUIRE(eventually([&] { return house.connected.load(); }));
  CHECK(server.query == "token=t%2F1");
  server.say(R"({"t":"GET"})");
  REQUIRE(eventually([&] { return server.count == 1; }));
  server.say("nonsense");
  REQUIRE(eventually([&] { return server.count == 2; }));
  thread.on_loop([&] { server.socket->send_binary("{}"); });
  REQUIRE(eventually([&] { return server.count == 3; }));
  thread.on_loop([&] { house.remote->push({{"m", 1}}); });
  REQUIRE(eventually([&] { return server.count == 4; }));
  CHECK(server.heard == std::vector<std::string>{R"({"echo":{"t":"GET"}})", R"({"error":true})",
                                                 R"({"error":true})", R"({"m":1})"});
  thread.on_loop([&] { house.remote.reset(); });
  CHECK(eventually([&] { return server.closed == 1001; }));
  thread.on_loop([&] { house.last({{"late", true}}); });  // to nobody
}

TEST_CASE("a frame that is too long ends the WebSocket with 1009") {
  LoopThread thread;
  PlainServer server(thread);
  House house(thread, connect_websocket, server.http.address);
  REQUIRE(eventually([&] { return house.connected.load(); }));
  server.say(std::string(kMostFrame, ' ') + "1");
  CHECK(eventually([&] { return house.ended.load(); }));
  CHECK_FALSE(house.refused);
  CHECK(eventually([&] { return server.closed == 1009; }));
}

TEST_CASE("a token is refused by 401 with its word, or by a close with 1008") {
  LoopThread thread;
  PlainServer server(thread);
  server.refusal = unknown_token();
  House first(thread, connect_websocket, server.http.address);
  REQUIRE(eventually([&] { return first.ended.load(); }));
  CHECK(first.refused);
  CHECK_FALSE(first.connected);

  server.refusal.reset();
  House second(thread, connect_websocket, server.http.address);
  REQUIRE(eventually([&] { return second.connected.load(); }));
  thread.on_loop([&] { server.socket->close(1008, "INVALID_TOKEN"); });
  REQUIRE(eventually([&] { return second.ended.load(); }));
  CHECK(second.refused);
}

TEST_CASE("other refusals and closes are failures") {
  LoopThread thread;
  PlainServer server(thread);
  for (const auto& response :
       {net::HttpResponse::of(401, "application/json", R"({"msg":"later"})"),
        net::HttpResponse::text(401, "no"),
        net::HttpResponse::of(403, "application/json", R"({"msg":"INVALID_TOKEN"})"),
        net::HttpResponse::text(302, "elsewhere"), net::HttpResponse::text(200, "hello")}) {
    server.refusal = response;
    House house(thread, connect_websocket, server.http.address);
    REQUIRE(eventually([&] { return house.ended.load(); }));
    CHECK_FALSE(house.refused);
  }
  server.refusal.reset();
  const std::vector<std::pair<std::uint16_t, std::string>> closes{
      {1008, "go away"}, {1000, "INVALID_TOKEN"}, {1000, ""}};
  for (const auto& [code, reason] : closes) {
    House house(thread, connect_websocket, server.http.address);
    REQUIRE(eventually([&] { return house.connected.load(); }));
    thread.on_loop([&, code = code, reason = reason] { server.socket->close(code, reason); });
    REQUIRE(eventually([&] { return house.ended.load(); }));
    CHECK_FALSE(house.refused);
  }
}

TEST_CASE("Socket.IO carries requests as events, with acks or answers as events") {
  LoopThread thread;
  EventServer server(thread);
  House house(thread, connect_socketio, server.http.address);
  REQUIRE(eventually([&] { return house.connected.load() && server.here; }));
  CHECK(server.query.find("token=t%2F1") != std::string::npos);
  std::string ack;
  std::atomic<bool> acked{false};
  thread.on_loop([&] {
    server.socket.lock()->ask("request", {boost::json::object{{"t", "GET"}}}, std::chrono::seconds(5),
                              [&](const Result<socketio::Answer>& answer) {
                                ack = answer.ok() ? net::json::to_text(answer->args) : "none";
                                acked = true;
                              });
  });
  REQUIRE(eventually([&] { return acked.load(); }));
  CHECK(ack == R"([{"echo":{"t":"GET"}}])");
  server.emit("request", {5});
  server.emit("request", {});
  server.emit("something else", {boost::json::object{{"t", "GET"}}});
  thread.on_loop([&] { house.remote->push({{"m", 1}}); });
  REQUIRE(eventually([&] { return server.count == 3; }));
  std::ranges::sort(server.heard);
  CHECK(server.heard == std::vector<std::string>{R"(request[{"m":1}])", R"(response[{"echo":5}])",
                                                 R"(response[{"error":true}])"});
  CHECK(house.asked == 3);
  thread.on_loop([&] { house.remote.reset(); });
  CHECK(eventually([&] { return server.left.load(); }));
}

TEST_CASE("Socket.IO refuses a token by CONNECT_ERROR, or by 401") {
  LoopThread thread;
  EventServer server(thread, {ErrorCode::kDenied, "INVALID_TOKEN"});
  House first(thread, connect_socketio, server.http.address);
  REQUIRE(eventually([&] { return first.ended.load(); }));
  CHECK(first.refused);
  server.refusal = unknown_token();
  House second(thread, connect_socketio, server.http.address);
  REQUIRE(eventually([&] { return second.ended.load(); }));
  CHECK(second.refused);
  server.refusal = net::HttpResponse::text(401, "INVALID_TOKEN");
  House third(thread, connect_socketio, server.http.address);
  REQUIRE(eventually([&] { return third.ended.load(); }));
  CHECK_FALSE(third.refused);

  EventServer full(thread, {ErrorCode::kDenied, "full"});
  House fourth(thread, connect_socketio, full.http.address);
  REQUIRE(eventually([&] { return fourth.ended.load(); }));
  CHECK_FALSE(fourth.refused);
  CHECK(fourth.words == "full");
}

TEST_CASE("a Socket.IO server that leaves is a lost connection") {
  LoopThread thread;
  EventServer server(thread);
  House house(thread, connect_socketio, server.http.address);
  REQUIRE(eventually([&] { return server.here && house.connected.load(); }));
  thread.on_loop([&] { server.socket.lock()->disconnect(); });
  REQUIRE(eventually([&] { return house.ended.load(); }));
  CHECK_FALSE(house.refused);
}
