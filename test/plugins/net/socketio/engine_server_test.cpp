// What the end-to-end tests can't reach: limits of the server, and its end.
#include "hearth/socketio/engine_server.hpp"

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "websocket_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using namespace hearth::socketio;
using namespace hearth::test;

namespace {

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
}
std::string post_to(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// An Engine.IO server alone, and what its sessions told.
struct Engine {
  explicit Engine(LoopThread& its_thread, const EngineOptions& options = {})
      : thread(its_thread), http(its_thread, [this](const auto& exchange) { server->handle(exchange); }) {
    thread.on_loop([&] {
      server = std::make_unique<EngineServer>(thread.io(), options, [this](const auto& session) {
        last = session;
        session->on_message([this](std::string_view data, bool) { heard += data; });
        session->on_close([this](std::string_view why) {
          ended_with = why;
          ++ended;
        });
      });
    });
  }
  ~Engine() {
    thread.on_loop([this] { server.reset(); });
  }
  std::string answer(const std::string& request) {
    Client client(http.address);
    client.send(request);
    return client.read_all();
  }
  std::string open() {
    const auto text = answer(get("/engine.io/?EIO=4&transport=polling"));
    const auto at = text.find(R"("sid":")");
    return at == std::string::npos ? text : text.substr(at + 7, 20);
  }
  static std::string target(const std::string& sid) {
    return "/engine.io/?EIO=4&transport=polling&sid=" + sid;
  }

  LoopThread& thread;
  std::unique_ptr<EngineServer> server;
  std::weak_ptr<EngineSession> last;
  std::string heard, ended_with;
  std::atomic<int> ended{0};
  HttpFixture http;
};

}  // namespace

TEST_CASE("one session more than allowed is answered 503, and there is room again when one ends") {
  LoopThread thread;
  Engine engine(thread, {.max_sessions = 1});
  const auto sid = engine.open();
  REQUIRE(sid.size() == 20);
  CHECK(engine.open().starts_with("HTTP/1.1 503"));
  CHECK(engine.answer(post_to(Engine::target(sid), "1")).ends_with("\r\n\r\nok"));
  CHECK(engine.open().size() == 20);
}

TEST_CASE("a client that polls no more is dropped when too much waits for it") {
  LoopThread thread;
  Engine engine(thread, {.max_queue = 1000});  // bytes, and what keeps them
  engine.open();
  int ended_inside = 0;
  thread.on_loop([&] {
    const auto session = engine.last.lock();
    for (int i = 0; i < 100; ++i) session->send_text(std::string(100, 'x'));
    ended_inside = engine.ended;
  });
  CHECK(ended_inside == 0);
  CHECK(eventually([&] { return engine.ended == 1; }));
  CHECK(engine.ended_with == "the client doesn't fetch its messages");
  CHECK(engine.last.expired());
}

TEST_CASE("what was sent before the end is fetched before the end") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  thread.on_loop([&] {
    const auto session = engine.last.lock();
    session->send_text("last words");
    session->close();
    session->send_text("too late");
  });
  CHECK(engine.answer(get(Engine::target(sid))).ends_with("\r\n\r\n4last words"));
  CHECK(engine.answer(get(Engine::target(sid))).ends_with("\r\n\r\n1"));
  CHECK(engine.answer(get(Engine::target(sid))).starts_with("HTTP/1.1 400"));
  CHECK(engine.ended == 0);  // its owner has ended it
}

TEST_CASE("a session that closes and isn't polled any more goes after a time") {
  LoopThread thread;
  Engine engine(thread, {.closing_timeout = 20ms});
  engine.open();
  thread.on_loop([&] { engine.last.lock()->close(); });
  CHECK(eventually([&] { return engine.last.expired(); }));
}

TEST_CASE("a server that ends tells whoever polls") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  Client client(engine.http.address);
  client.send(get(Engine::target(sid)));
  CHECK(eventually([&] { return engine.http.counters().requests == 2; }));
  thread.on_loop([&] { engine.server.reset(); });
  CHECK(client.read_all().ends_with("\r\n\r\n1"));
}

TEST_CASE("who may connect is a matter of the page that asks") {
  CHECK(origin_fits({}, "http://a"));
  CHECK(origin_fits({"*"}, "http://a"));
  CHECK(origin_fits({"http://a"}, "http://a"));
  CHECK(origin_fits({"http://a"}, ""));
  CHECK_FALSE(origin_fits({"http://a"}, "http://b"));
  CHECK_FALSE(origin_fits({"http://a"}, "null"));
}

TEST_CASE("a page is what a browser shows, not what other clients say in its place") {
  const auto page = [](const std::string& lines) { return std::string(page_of(HttpHeaders(lines))); };
  CHECK(page("Host: h\r\n").empty());
  CHECK(page("Host: h\r\nOrigin: http://panel.example\r\n") == "http://panel.example");
  CHECK(page("Host: h\r\nOrigin: null\r\n") == "null");
  CHECK(page("Host: h\r\nOrigin: file://\r\n").empty());
  CHECK(page("Host: 192.0.2.7:5000\r\nOrigin: http://192.0.2.7:5000\r\n").empty());
  CHECK(page("Host: [::1]:5000\r\nOrigin: http://[::1]:5000\r\n").empty());
  CHECK(page("Host: localhost:5000\r\nOrigin: http://LocalHost:5000\r\n").empty());
  CHECK(page("Host: 192.0.2.7:5000\r\nOrigin: http://192.0.2.7:80\r\n") == "http://192.0.2.7:80");
  // A name that its owner makes point here.
  CHECK(page("Host: evil.example:5000\r\nOrigin: http://evil.example:5000\r\n") ==
        "http://evil.example:5000");
  CHECK(page("Host: \r\nOrigin: http://\r\n") == "http://");
}

TEST_CASE("a session whose first request names no page is of the page that a later one names") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  auto request = post_to(Engine::target(sid), "4hi");
  request.insert(request.find("Connection"), "Origin: http://evil.example\r\n");
  CHECK(engine.answer(request).ends_with("ok"));
  CHECK(thread.ask<std::string>([&] { return engine.last.lock()->origin(); }) == "http://evil.example");
  CHECK(thread.ask<std::string>([&] { return engine.heard; }) == "hi");
}

TEST_CASE("so many sessions come from one address and no more") {
  LoopThread thread;
  Engine engine(thread, {.max_per_address = 2});
  CHECK(engine.open().size() == 20);
  CHECK(engine.open().size() == 20);
  CHECK(engine.open().starts_with("HTTP/1.1 503"));
}

TEST_CASE("what a session's owner throws ends the session, not the server") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  thread.on_loop([&] {
    engine.last.lock()->on_message([](std::string_view, bool) { throw std::runtime_error("lost"); });
  });
  CHECK(engine.answer(post_to(Engine::target(sid), "4hi")).starts_with("HTTP/1.1 500"));
  CHECK(eventually([&] { return engine.ended == 1; }));
  CHECK(engine.open().size() == 20);
}

TEST_CASE("an end while the client changes its transport arrives on the new one") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  Client socket(engine.http.address);
  auto handshake = kHandshake;
  handshake.replace(handshake.find("/chat"), 5, "/engine.io/?EIO=4&transport=websocket&sid=" + sid);
  open(socket, handshake, text("2probe"));
  CHECK(socket.read(8) == plain(WebSocketOpcode::kText, "3probe"));
  thread.on_loop([&] {
    const auto session = engine.last.lock();
    session->send_text("last words");
    session->close();
  });
  socket.send(text("5"));
  CHECK(socket.read(13) == plain(WebSocketOpcode::kText, "4last words"));
  CHECK(close_code(socket.read(4)) == 1000);
}

TEST_CASE("each probe has its own patience") {
  LoopThread thread;
  Engine engine(thread);
  const auto sid = engine.open();
  std::atomic<int> alive{0}, dead{0};
  const auto count = [&](bool is) { ++(is ? alive : dead); };
  thread.on_loop([&] {
    engine.last.lock()->probe(5ms, count);
    engine.last.lock()->probe(1h, count);
  });
  CHECK(eventually([&] { return dead == 1; }));
  CHECK(alive == 0);
  engine.answer(get(Engine::target(sid)));
  CHECK(eventually([&] { return alive == 1; }));
  CHECK(dead == 1);
}
