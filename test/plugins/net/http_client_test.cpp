// The HTTP client, with our own server and with servers of all manners.
#include "hearth/net/http_client.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "http_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using hearth::Error;
using hearth::ErrorCode;
using hearth::Result;
using hearth::test::eventually;
using hearth::test::HttpFixture;
using hearth::test::LoopThread;

namespace {

// Answers the n-th request, on whichever connection, with the n-th text; the last one for all that follow.
class Scripted {
 public:
  Scripted(LoopThread& thread, std::vector<std::string> answers, bool closes = false)
      : thread_(thread), answers_(std::move(answers)), closes_(closes) {
    thread_.on_loop([this] {
      ListenerOptions options;
      options.listen = "127.0.0.1:0";
      listener_ = std::move(*Listener::open(thread_.io(), options, [this](Connection& c) { serve(c); }));
      const auto address = listener_->address();
      port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    });
  }
  ~Scripted() {
    thread_.on_loop([this] { listener_.reset(); });
  }
  std::string heard() {
    return thread_.ask<std::string>([this] { return heard_; });
  }
  void close_idle() {
    thread_.on_loop([this] { last_->close_after_flush(true); });
  }
  std::uint16_t port = 0;
  std::atomic<int> connections{0}, requests{0};

 private:
  void serve(Connection& c) {
    ++connections;
    last_ = &c;
    c.on_data([this, &c](std::string_view bytes) -> std::size_t {
      if (bytes.find("\r\n\r\n") == std::string_view::npos) return 0;
      heard_.append(bytes);
      const auto n = static_cast<std::size_t>(requests++);
      const auto& answer = answers_[std::min(n, answers_.size() - 1)];
      c.write(answer);
      if (closes_ || answer.empty()) c.close_after_flush(true);
      return bytes.size();
    });
  }

  LoopThread& thread_;
  const std::vector<std::string> answers_;
  const bool closes_;
  std::string heard_;
  Connection* last_ = nullptr;
  std::unique_ptr<Listener> listener_;
};

// A client on the loop, asked from the test's thread.
class Asker {
 public:
  Asker(LoopThread& thread, std::uint16_t port, HttpClientOptions options = {}) : thread_(thread) {
    options.host = "127.0.0.1";
    options.port = port;
    thread_.on_loop([&] { client = std::make_unique<HttpClient>(thread_.io(), std::move(options)); });
  }
  ~Asker() {
    thread_.on_loop([this] { client.reset(); });
  }
  Result<HttpAnswer> ask(HttpCall call) {
    std::promise<Result<HttpAnswer>> promise;
    thread_.on_loop([&] {
      client->send(std::move(call), [&](Result<HttpAnswer> answer) { promise.set_value(std::move(answer)); });
    });
    return promise.get_future().get();
  }
  std::unique_ptr<HttpClient> client;

 private:
  LoopThread& thread_;
};

HttpCall get(std::string target = "/") {
  HttpCall call;
  call.target = std::move(target);
  return call;
}

HttpCall post(std::string body) {
  HttpCall call;
  call.method = "POST";
  call.body = std::move(body);
  return call;
}

void echo(const std::shared_ptr<HttpExchange>& exchange) {
  const auto& r = exchange->request();
  exchange->answer(HttpResponse::of(201, "a/b",
                                    std::string(r.method) + " " + std::string(r.path) + " " +
                                        std::string(r.headers.get("X")) + " " + std::string(r.body)));
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("client and server understand each other") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Asker asker(thread, server.port());
  auto call = post(std::string(100'000, 'x'));
  call.target = "/there";
  call.headers.add("X", "y");
  const auto answer = asker.ask(call);
  REQUIRE(answer.ok());
  CHECK(answer->status == 201);
  CHECK(answer->reason == "Created");
  CHECK(answer->headers().get("content-type") == "a/b");
  CHECK(answer->body == "POST /there y " + call.body);
  HttpCall head;
  head.method = "HEAD";
  CHECK(asker.ask(head)->body.empty());
  CHECK(asker.ask(get("/again"))->body == "GET /again  ");
  CHECK(server.counters().requests == 3);
  CHECK(server.size() == 1);
}

TEST_CASE("a request travels in one piece with what every server wants") {
  LoopThread thread;
  Scripted server(thread, {kOk});
  Asker asker(thread, server.port);
  CHECK(asker.ask(post("body"))->body == "ok");
  CHECK(server.heard() == "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port) +
                              "\r\nContent-Length: 4\r\n\r\nbody");
}

TEST_CASE("a secure server is never asked in the clear") {
  LoopThread thread;
  Scripted server(thread, {kOk});
  auto options = HttpClientOptions::to(*Url::parse("https://127.0.0.1/"));
  Asker asker(thread, server.port, options);
  const auto answer = asker.ask(get());
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().words == "a secure server, and TLS is not configured");
  CHECK(server.connections == 0);
}

TEST_CASE("a used connection is used again, unless the answer says otherwise or has a tail") {
  LoopThread thread;
  Scripted server(thread, {kOk, kOk, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                           kOk + "tail", kOk});
  Asker asker(thread, server.port);
  for (const int connections : {1, 1, 1, 2, 3}) {
    CHECK(asker.ask(get()).ok());
    CHECK(server.connections == connections);
  }
}

TEST_CASE("a client that doesn't keep connections says so and makes new ones") {
  LoopThread thread;
  Scripted server(thread, {kOk});
  HttpClientOptions options;
  options.keep_alive = false;
  Asker asker(thread, server.port, options);
  for (int i = 1; i <= 2; ++i) {
    CHECK(asker.ask(get()).ok());
    CHECK(server.connections == i);
  }
  CHECK(server.heard().find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("a kept connection that the server has closed costs the next request nothing") {
  LoopThread thread;
  Scripted server(thread, {kOk});
  Asker asker(thread, server.port);
  CHECK(asker.ask(get()).ok());
  server.close_idle();
  CHECK(asker.ask(post("x")).ok());
}

TEST_CASE("a used connection that ends without a word is replaced once, for what may be repeated") {
  LoopThread thread;
  for (const bool repeatable : {true, false}) {
    Scripted server(thread, {kOk, "", kOk});
    Asker asker(thread, server.port);
    CHECK(asker.ask(get()).ok());
    auto call = post("x");
    call.repeatable = repeatable;
    const auto answer = asker.ask(call);
    CHECK(answer.ok() == repeatable);
    if (!answer.ok()) CHECK(answer.error().words.ends_with("it closed the connection without an answer"));
  }
  Scripted mute(thread, {""});
  Asker asker(thread, mute.port);
  const auto answer = asker.ask(get());
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == ErrorCode::kUnreachable);
  CHECK(mute.connections == 1);
}

TEST_CASE("an answer that makes no sense, or stops, is an error with words") {
  LoopThread thread;
  const std::vector<std::pair<std::string, ErrorCode>> cases{
      {"garbage\r\n\r\n", ErrorCode::kInvalid},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ErrorCode::kUnreachable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", ErrorCode::kInvalid},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ErrorCode::kInvalid},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", ErrorCode::kInvalid},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ErrorCode::kUnreachable}};
  for (const auto& [text, code] : cases) {
    INFO(text);
    Scripted server(thread, {text}, true);
    Asker asker(thread, server.port);
    const auto answer = asker.ask(get());
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == code);
    CHECK(answer.error().words.starts_with("127.0.0.1:"));
  }
}

TEST_CASE("interim answers are passed over, but not for ever") {
  LoopThread thread;
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  Scripted patient(thread, {interim + interim + kOk});
  Asker first(thread, patient.port);
  CHECK(first.ask(get())->body == "ok");
  std::string many;
  for (int i = 0; i < 9; ++i) many += interim;
  Scripted endless(thread, {many});
  Asker second(thread, endless.port);
  CHECK(second.ask(get()).error().code == ErrorCode::kInvalid);
}

TEST_CASE("a body may end with the connection, and sloppy servers are understood if asked for") {
  LoopThread thread;
  Scripted old(thread, {"HTTP/1.0 200 OK\r\n\r\nuntil the end"}, true);
  Asker asker(thread, old.port);
  CHECK(asker.ask(get())->body == "until the end");
  Scripted sloppy(thread, {"HTTP/1.1 200\nContent-Length : 2\n\nok"});
  Asker strict(thread, sloppy.port);
  CHECK_FALSE(strict.ask(get()).ok());
  HttpClientOptions options;
  options.lenient = true;
  Asker lenient(thread, sloppy.port, options);
  CHECK(lenient.ask(get())->body == "ok");
}

TEST_CASE("time is limited: for the connection, the answer, and between its bytes") {
  LoopThread thread;
  Scripted slow(thread, {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"});
  Asker asker(thread, slow.port);
  auto call = get();
  call.timeout = 60ms;
  CHECK(asker.ask(call).error().code == ErrorCode::kTimeout);
  call.timeout = 0ms;
  call.stall_timeout = 60ms;
  CHECK(asker.ask(call).error().code == ErrorCode::kTimeout);
}

TEST_CASE("a long body is given in pieces, and can be made to wait") {
  LoopThread thread;
  const std::string big(3'000'000, 'b');
  HttpServerOptions server_options;
  server_options.listener.limits.max_output = big.size();
  HttpFixture server(
      thread, [&](const auto& exchange) { exchange->answer(HttpResponse::of(200, "a/b", big)); },
      server_options);
  HttpClientOptions options;
  options.limits.max_body = big.size();
  Asker asker(thread, server.port(), options);
  std::size_t received = 0;
  int status = 0, pauses = 0;
  Deadline* later = nullptr;
  std::unique_ptr<Deadline> deadline;
  thread.on_loop([&] {
    deadline = std::make_unique<Deadline>(thread.io().deadlines, [&] { asker.client->resume(); });
    later = deadline.get();
  });
  auto call = get();
  call.on_head = [&](const HttpAnswer& answer) { status = answer.status; };
  call.on_piece = [&](std::string_view piece) {
    received += piece.size();
    if (received > big.size() / 2 && ++pauses == 1) {
      asker.client->pause();
      later->set(30ms);
    }
  };
  const auto answer = asker.ask(call);
  REQUIRE(answer.ok());
  CHECK(status == 200);
  CHECK(received == big.size());
  CHECK(answer->body.empty());
  thread.on_loop([&] { deadline.reset(); });
}

TEST_CASE("one call at a time; malformed ones are refused before anything is sent") {
  LoopThread thread;
  Scripted server(thread, {"HTTP/1.1 200 OK\r\n"});
  Asker asker(thread, server.port);
  thread.on_loop([&] { asker.client->send(get(), [](auto) {}); });
  CHECK(asker.ask(get()).error().code == ErrorCode::kBusy);
  thread.on_loop([&] { asker.client->cancel(); });
  for (const auto& bad : {get("/a b"), get(""), get("/\r\nX: y"), get("/\xc3\xa4")})
    CHECK(asker.ask(bad).error().code == ErrorCode::kInvalid);
  auto bad = get();
  bad.method = "G T";
  CHECK(asker.ask(bad).error().code == ErrorCode::kInvalid);
  bad = get();
  bad.headers.add("X", "a\nb");
  CHECK(asker.ask(bad).error().code == ErrorCode::kInvalid);
}

TEST_CASE("nobody there is an error, and a dropped client calls nobody back") {
  LoopThread thread;
  std::uint16_t port = 0;
  {
    Scripted gone(thread, {kOk});
    port = gone.port;
  }
  Asker asker(thread, port);
  CHECK(asker.ask(get()).error().code == ErrorCode::kUnreachable);
  Scripted silent(thread, {"HTTP/1.1 200 OK\r\n"});
  std::atomic<bool> called{false};
  auto dropped = std::make_unique<Asker>(thread, silent.port);
  thread.on_loop([&] { dropped->client->send(get(), [&](auto) { called = true; }); });
  REQUIRE(eventually([&] { return silent.requests == 1; }));
  dropped.reset();
  thread.on_loop([] {});
  CHECK_FALSE(called);
}

TEST_CASE("any callback may drop the client or ask again") {
  LoopThread thread;
  Scripted server(thread, {kOk});
  std::unique_ptr<HttpClient> client;
  std::atomic<int> done{0};
  const auto make = [&] {
    HttpClientOptions options;
    options.host = "127.0.0.1";
    options.port = server.port;
    client = std::make_unique<HttpClient>(thread.io(), options);
  };
  thread.on_loop([&] {
    make();
    client->send(get(), [&](auto) { client->send(get(), [&](auto) { client.reset(), ++done; }); });
  });
  REQUIRE(eventually([&] { return done == 1; }));
  for (const bool at_head : {true, false}) {
    thread.on_loop([&] {
      make();
      auto call = get();
      const auto drop = [&, keep = std::make_shared<std::string>("still here")] {
        client.reset();
        if (*keep == "still here") ++done;
      };
      if (at_head) {
        call.on_head = [drop](const HttpAnswer&) { drop(); };
      } else {
        call.on_piece = [drop](std::string_view) { drop(); };
      }
      client->send(std::move(call), [](auto) { FAIL("it was dropped"); });
    });
    CHECK(eventually([&] { return done == (at_head ? 2 : 3); }));
  }
}

TEST_CASE("an upgraded connection is the caller's, with the bytes behind the answer") {
  LoopThread thread;
  HttpFixture server(thread, [](const auto& exchange) {
    const auto c = exchange->take_over(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nbehind");
    c->on_data([raw = c.get()](std::string_view bytes) {
      raw->write(bytes);
      return bytes.size();
    });
  });
  Asker asker(thread, server.port());
  std::string heard;
  std::atomic<bool> complete{false};
  std::shared_ptr<Connection> connection;
  thread.on_loop([&] {
    HttpCall call;
    call.upgrade = "echo";
    asker.client->send(call, [&](Result<HttpAnswer> answer) {
      connection = answer->upgraded;
      connection->on_data([&](std::string_view bytes) {
        heard += bytes;
        complete = heard == "behind and more";
        return bytes.size();
      });
      connection->write(" and more");
    });
  });
  CHECK(eventually([&] { return complete.load(); }));
  thread.on_loop([&] { connection.reset(); });
}
