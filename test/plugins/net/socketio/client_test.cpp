// The client against the library's own server, and against servers that misbehave.
#include "hearth/socketio/client.hpp"

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "hearth/net/json.hpp"
#include "websocket_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using namespace hearth::socketio;
using namespace hearth::test;
using hearth::ErrorCode;

namespace {

// Our client on the loop; what it hears.
struct Caller {
  explicit Caller(LoopThread& its_thread) : thread(its_thread) {}
  ~Caller() {
    thread.on_loop([this] {
      attempt.reset();
      socket.reset();
    });
  }
  void connect(std::uint16_t port, ClientRequest request = {}) {
    thread.on_loop([&] {
      attempt = hearth::socketio::connect(
          thread.io(), to(port), std::move(request),
          [this](hearth::Result<std::shared_ptr<hearth::socketio::Socket>> result) { done(result); });
    });
    REQUIRE(eventually([this] { return finished.load(); }));
  }
  void done(hearth::Result<std::shared_ptr<hearth::socketio::Socket>>& result) {
    if (result.ok()) {
      socket = *result;
      socket->on_event([this](hearth::socketio::Event& event) {
        heard += event.name + json::to_text(event.args);
        for (const auto& one : event.attachments) heard += one;
        if (event.ack) event.ack({"thanks"});
        ++events;
      });
      socket->on_disconnect([this](std::string_view why) {
        ended_with = why;
        ended = true;
      });
    } else {
      error = result.error();
    }
    finished = true;
  }
  void on_loop(const std::function<void()>& what) { thread.on_loop(what); }

  LoopThread& thread;
  Attempt attempt;
  std::shared_ptr<hearth::socketio::Socket> socket;
  std::string heard, ended_with;
  hearth::Error error;
  std::atomic<bool> finished{false}, ended{false};
  std::atomic<int> events{0};
};

// A server that says these Engine.IO messages to every client, whatever it says.
class Script {
 public:
  Script(LoopThread& thread, const std::vector<std::string>& lines)
      : http(thread, [lines](const std::shared_ptr<HttpExchange>& exchange) {
          const auto socket = accept_websocket(*exchange);
          if (!socket) return;
          for (const auto& line : lines) socket->send_text(line);
        }) {}
  HttpFixture http;
};

const std::string kOpen =
    R"(0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":9})";

}  // namespace

TEST_CASE("events, binary ones and acks travel both ways") {
  LoopThread thread;
  House house(thread);
  Caller caller(thread);
  caller.connect(house.http.port(), {.auth = {{"name", "panel"}}});
  REQUIRE(caller.socket);
  CHECK(eventually([&] { return caller.events == 1; }));
  std::string answer, id;
  std::atomic<int> answers{0};
  caller.on_loop([&] {
    id = caller.socket->id();
    caller.socket->emit("say", {1, {{"_placeholder", true}, {"num", 0}}}, {"bytes"});
    caller.socket->ask("ask", {"what"}, 5s, [&](hearth::Result<Answer> result) {
      answer = result.ok() ? json::to_text(result->args) : result.error().words;
      ++answers;
    });
  });
  CHECK(eventually([&] { return answers == 1; }));
  CHECK(answer == R"(["what"])");
  CHECK(caller.heard == R"(hello[{"name":"panel"}]said[1,{"_placeholder":true,"num":0}]bytes)");
  CHECK(id.size() == 20);
  std::string thanks;
  caller.on_loop([&] {
    house.last.lock()->ask("you", {}, 5s, [&](hearth::Result<Answer> result) {
      thanks = result.ok() ? json::to_text(result->args) : result.error().words;
      ++answers;
    });
  });
  CHECK(eventually([&] { return answers == 2; }));
  CHECK(thanks == R"(["thanks"])");
}

TEST_CASE("an ack that doesn't come is told as late, or as lost with its peer") {
  LoopThread thread;
  House house(thread);
  Caller caller(thread);
  caller.connect(house.http.port());
  std::vector<ErrorCode> codes;
  std::atomic<int> heard{0};
  const auto hear = [&](const hearth::Result<Answer>& result) {
    codes.push_back(result.error().code);
    ++heard;
  };
  caller.on_loop([&] {
    caller.socket->ask("nobody answers", {}, 10ms, hear);
    caller.socket->ask("nobody answers", {}, 1h, hear);
  });
  CHECK(eventually([&] { return heard == 1; }));
  caller.on_loop([&] { caller.socket->emit("close"); });
  CHECK(eventually([&] { return heard == 2; }));
  CHECK(codes == std::vector{ErrorCode::kTimeout, ErrorCode::kUnreachable});
  CHECK(eventually([&] { return caller.ended.load(); }));
}

TEST_CASE("who isn't let in hears why") {
  LoopThread thread;
  House house(thread);
  Caller without(thread), with(thread), lost(thread);
  without.connect(house.http.port(), {.nsp = "/locked"});
  CHECK(without.error.code == ErrorCode::kDenied);
  CHECK(without.error.words == "no token");
  with.connect(house.http.port(), {.nsp = "/locked", .auth = {{"token", "t"}}});
  CHECK(with.socket);
  lost.connect(house.http.port(), {.nsp = "/nowhere"});
  CHECK(lost.error.words == "Invalid namespace");
}

TEST_CASE("namespaces that aren't there may be asked for again and again, closed ones three times") {
  LoopThread thread;
  House house(thread);
  const auto begin = [&](Client& client) {
    auto handshake = kHandshake;
    handshake.replace(handshake.find("/chat"), 5, "/socket.io/?EIO=4&transport=websocket");
    open(client, handshake);
  };
  Client lost(house.http.address), guessing(house.http.address);
  begin(lost);
  begin(guessing);
  for (int i = 0; i < 10; ++i) lost.send(text("40/nowhere"));
  lost.send(text("40"));
  CHECK(eventually([&] { return house.joins == 1; }));
  for (int i = 0; i < 3; ++i) guessing.send(text("40/locked"));
  CHECK(guessing.read_all().find("44/locked,") != std::string::npos);
  CHECK(guessing.closed());
  CHECK(house.joins == 1);
}

TEST_CASE("a server that answers with a page instead is heard before the failure") {
  LoopThread thread;
  HttpFixture http(thread, [](const std::shared_ptr<HttpExchange>& exchange) {
    exchange->answer(HttpResponse::of(401, "application/json", R"({"msg":"who are you"})"));
  });
  Caller caller(thread);
  std::string body;
  int status = 0;
  caller.connect(http.port(), {.on_refusal = [&](const HttpAnswer& answer) {
                   status = answer.status;
                   body = answer.body;
                 }});
  CHECK(caller.error.code == ErrorCode::kDenied);
  CHECK(status == 401);
  CHECK(body == R"({"msg":"who are you"})");

  Caller giving_up(thread);
  std::atomic<bool> heard{false};
  giving_up.on_loop([&] {
    giving_up.attempt = hearth::socketio::connect(thread.io(), to(http.port()),
                                                  {.on_refusal =
                                                       [&](const HttpAnswer&) {
                                                         giving_up.attempt.reset();
                                                         heard = true;
                                                       }},
                                                  [&](auto result) { giving_up.done(result); });
  });
  CHECK(eventually([&] { return heard.load(); }));
  giving_up.on_loop([] {});
  CHECK_FALSE(giving_up.finished);
}

TEST_CASE("either side may leave, and the other hears of it") {
  LoopThread thread;
  House house(thread);
  Caller caller(thread);
  caller.connect(house.http.port());
  caller.on_loop([&] { caller.socket->emit("leave"); });
  CHECK(eventually([&] { return caller.ended.load(); }));
  CHECK(caller.ended_with == "the server has ended it");
  CHECK(house.ended == 0);  // it left by itself

  Caller second(thread);
  second.connect(house.http.port());
  second.on_loop([&] { second.socket->disconnect(); });
  CHECK(eventually([&] { return house.ended == 1; }));
  CHECK(house.ended_with == "the client has left");

  Caller third(thread);
  third.connect(house.http.port());
  third.on_loop([&] { third.socket.reset(); });
  CHECK(eventually([&] { return house.ended == 2; }));
}

TEST_CASE("a peer that lives answers a probe, one that is silent doesn't") {
  LoopThread thread;
  House house(thread);
  Caller caller(thread);
  caller.connect(house.http.port());
  std::atomic<int> alive{0}, dead{0};
  const auto count = [&](bool is) { ++(is ? alive : dead); };
  caller.on_loop([&] {
    caller.socket->probe(5s, count);
    house.last.lock()->probe(5s, count);
  });
  CHECK(eventually([&] { return alive == 2; }));

  Client silent(house.http.address);
  auto handshake = kHandshake;
  handshake.replace(handshake.find("/chat"), 5, "/socket.io/?EIO=4&transport=websocket");
  open(silent, handshake, text("40"));
  CHECK(eventually([&] { return house.joins == 2; }));
  caller.on_loop([&] { house.last.lock()->probe(20ms, count); });
  CHECK(eventually([&] { return dead == 1; }));
}

TEST_CASE("servers that don't speak the protocol are given up, in words") {
  LoopThread thread;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"hello"}, "the server doesn't speak Engine.IO"},
      {{"0{}"}, "the server's handshake makes no sense"},
      {{R"(0{"pingInterval":0,"pingTimeout":1})"}, "the server's handshake makes no sense"},
      {{"0[" + std::string(5000, '[')}, "the server's handshake makes no sense"},
      {{R"(40{"sid":"x"})"}, "a message before the handshake"},
      {{R"(44{"message":"no"})"}, "a message before the handshake"},
      {{kOpen, kOpen}, "the server opens twice"},
      {{kOpen, "40"}, "the server's handshake makes no sense"},
      {{kOpen, R"(42["early"])"}, "an event before the handshake's end"},
      {{kOpen, "4x"}, "a wrong packet: an unknown packet type"},
      {{kOpen, "1"}, "the server has closed the connection"}};
  for (const auto& [lines, words] : cases) {
    INFO(lines.back().substr(0, 60));
    Script script(thread, lines);
    Caller caller(thread);
    caller.connect(script.http.port());
    CHECK(caller.error.code == ErrorCode::kUnreachable);
    CHECK(caller.error.words == words);
  }
}

TEST_CASE("a server that says nothing more than it must is waited for no longer than it promised") {
  LoopThread thread;
  Script mute(thread, {});
  Caller waiting(thread);
  waiting.connect(mute.http.port(), {.timeout = 30ms});
  CHECK(waiting.error.code == ErrorCode::kTimeout);

  Script brief(thread,
               {R"(0{"sid":"s","upgrades":[],"pingInterval":20,"pingTimeout":10})", R"(40{"sid":"x"})"});
  Caller caller(thread);
  caller.connect(brief.http.port());
  REQUIRE(caller.socket);
  CHECK(eventually([&] { return caller.ended.load(); }));
  CHECK(caller.ended_with == "the server is silent");
}

TEST_CASE("a socket that is dropped inside its own callback hears nothing more") {
  LoopThread thread;
  Script script(thread, {kOpen, R"(40{"sid":"x"})", R"(42["first"])", R"(42["second"])"});
  Caller caller(thread);
  std::atomic<int> heard{0};
  caller.on_loop([&] {
    caller.attempt =
        hearth::socketio::connect(thread.io(), to(script.http.port()), {},
                                  [&](hearth::Result<std::shared_ptr<hearth::socketio::Socket>> result) {
                                    caller.socket = *result;
                                    caller.socket->on_event([&](hearth::socketio::Event&) {
                                      caller.socket.reset();
                                      ++heard;
                                    });
                                  });
  });
  CHECK(eventually([&] { return script.http.size() == 0 && heard == 1; }));
}
