// Answers: at once, later, in pieces, to clients that are slow or gone, and connections that are taken over.
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "http_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using namespace hearth::test;

TEST_CASE("HEAD gets the header only, and the next answer follows at once") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Client client(server.address);
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  CHECK(read_response(client, true).find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(body_of(read_response(client)) == "GET /a?b=c ");
}

TEST_CASE("statuses that have no body are sent without one") {
  LoopThread thread;
  HttpFixture server(thread, [](const Exchange& exchange) {
    exchange->answer({.status = std::stoi(std::string(exchange->request().path.substr(1))),
                      .headers = {},
                      .body = "not to be seen",
                      .close = false});
  });
  Client client(server.address);
  for (const auto* status : {"204", "304"}) {
    client.send("GET /" + std::string(status) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto response = read_response(client);
    CHECK(response.starts_with("HTTP/1.1 " + std::string(status)));
    CHECK(response.find("Content-Length") == std::string::npos);
  }
  client.send("GET /200 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(body_of(read_response(client)) == "not to be seen");
}

TEST_CASE("a pipeline is answered in order, even if the first answer comes last") {
  LoopThread thread;
  Later later;
  HttpFixture server(thread, later.handler());
  Client client(server.address);
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: "
      "h\r\n\r\n");
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(eventually([&] { return later.count == i; }));
    thread.on_loop([&] {
      auto exchange = std::move(later.exchanges.back());
      exchange->answer(HttpResponse::text(200, later.paths.back()));
      exchange->answer(HttpResponse::text(200, "twice"));  // does nothing
    });
    CHECK(body_of(read_response(client)) == "/" + std::to_string(i) + "\n");
  }
}

TEST_CASE("requests that wait are bounded, and none is lost") {
  LoopThread thread;
  Later later;
  HttpServerOptions options;
  options.max_waiting = 1000;
  HttpFixture server(thread, later.handler(), options);
  Client client(server.address);
  std::string stream;
  for (int i = 0; i < 3000; ++i) stream += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  std::thread writer([&] { client.send(stream); });
  for (int i = 1; i <= 3000; ++i) {
    REQUIRE(eventually([&] { return later.count == i; }));
    thread.on_loop([&] { std::exchange(later.exchanges.back(), nullptr)->answer({}); });
  }
  writer.join();
  CHECK(later.paths[2999] == "/2999");
  for (int i = 0; i < 3000; ++i) REQUIRE(read_response(client).starts_with("HTTP/1.1 200"));
}

TEST_CASE("a client that asks for much and reads slowly gets it all, bounded in memory") {
  LoopThread thread;
  const std::string big(100'000, 'b');
  HttpFixture server(thread,
                     [&](const Exchange& exchange) { exchange->answer(HttpResponse::of(200, "a/b", big)); });
  Client client(server.address);
  std::string stream;
  for (int i = 0; i < 200; ++i) stream += kGet;  // twenty times what may wait to be sent
  client.send(stream);
  for (int i = 0; i < 200; ++i) REQUIRE(body_of(read_response(client)) == big);
}

TEST_CASE("an exchange that is dropped or whose handler throws is answered with 500") {
  LoopThread thread;
  HttpFixture server(thread, [](const Exchange& exchange) {
    if (exchange->request().path == "/throw") throw std::runtime_error("no luck");
  });
  Client client(server.address);
  client.send("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(read_response(client).starts_with("HTTP/1.1 500"));
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(read_response(client).starts_with("HTTP/1.1 500"));
  CHECK(eventually([&] {
    const auto lines = thread.log_lines();
    return !lines.empty() && lines.back().find("no luck") != std::string::npos;
  }));
}

TEST_CASE("a header that would break out of its line is never sent") {
  LoopThread thread;
  HttpFixture server(thread, [](const Exchange& exchange) {
    HttpResponse response = HttpResponse::text(200, "fine");
    response.header("X-Echo", "a\r\nSet-Cookie: b");
    if (exchange->request().path == "/stream") {
      exchange->begin(std::move(response));
      exchange->send("more");
      exchange->end();
    } else {
      exchange->answer(std::move(response));
    }
  });
  for (const auto* path : {"/whole", "/stream"}) {
    Client client(server.address);
    client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto response = client.read_all();
    CHECK(response.starts_with("HTTP/1.1 500"));
    CHECK(response.ends_with("\r\n\r\n"));
    CHECK(response.find("Cookie") == std::string::npos);
  }
}

TEST_CASE("an answer in pieces is chunked, or ends with the connection for an old client") {
  LoopThread thread;
  HttpFixture server(thread, [](const Exchange& exchange) {
    exchange->begin(HttpResponse::of(200, "a/b", "first"));
    exchange->send("");
    exchange->send(std::string(17, 'x'));
    exchange->end();
  });
  Client client(server.address);
  client.send(kGet + kGet);
  const std::string chunks = "5\r\nfirst\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    const auto head = read_response(client);
    CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(client.read(chunks.size()) == chunks);
  }
  Client old(server.address);
  old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = old.read_all();
  CHECK(body_of(answer) == "first" + std::string(17, 'x'));
  CHECK(answer.find("chunked") == std::string::npos);
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  CHECK(read_response(client).find("chunked") != std::string::npos);
  CHECK(read_response(client).starts_with("HTTP/1.1 200"));
}

TEST_CASE("an answer in pieces that is dropped looks incomplete to the client") {
  LoopThread thread;
  HttpFixture server(thread,
                     [](const Exchange& exchange) { exchange->begin(HttpResponse::text(200, "half")); });
  Client client(server.address);
  client.send(kGet);
  CHECK_FALSE(client.read_all().ends_with("0\r\n\r\n"));
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("who waits for an answer and goes is noticed, whichever way it goes") {
  LoopThread thread;
  std::atomic<int> gone{0}, asked{0};
  std::vector<Exchange> kept;
  HttpFixture server(thread, [&](const Exchange& exchange) {
    exchange->on_gone([&, raw = exchange.get()] {
      ++gone;
      std::erase_if(kept, [&](const Exchange& one) { return one.get() == raw; });
    });
    kept.push_back(exchange);
    ++asked;
  });
  auto polite = std::make_unique<Client>(server.address);
  auto rude = std::make_unique<Client>(server.address);
  polite->send(kGet);
  rude->send(kGet);
  REQUIRE(eventually([&] { return asked == 2; }));
  polite->end();
  CHECK(eventually([&] { return gone == 1; }));
  const linger at_once{1, 0};
  ::setsockopt(rude->fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  rude.reset();
  CHECK(eventually([&] { return gone == 2; }));
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a client that only ends its half gets its answers, later ones too") {
  LoopThread thread;
  Later later;
  HttpFixture server(thread, later.handler());
  Client client(server.address);
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  client.end();
  for (int i = 1; i <= 2; ++i) {
    REQUIRE(eventually([&] { return later.count == i; }));
    thread.on_loop([&] { std::exchange(later.exchanges.back(), nullptr)->answer({}); });
  }
  const auto answers = client.read_all();
  CHECK(client.closed());
  CHECK(answers.find("200 OK", answers.find("200 OK") + 1) != std::string::npos);
}

TEST_CASE("answers to clients that are gone, and after the server's end, do nothing") {
  LoopThread thread;
  Later later;
  auto server = std::make_unique<HttpFixture>(thread, later.handler());
  auto client = std::make_unique<Client>(server->address);
  client->send(kGet);
  REQUIRE(eventually([&] { return later.count == 1; }));
  server.reset();
  thread.on_loop([&] {
    CHECK_FALSE(later.exchanges[0]->is_open());
    later.exchanges[0]->begin({});
    later.exchanges[0]->send("x");
    later.exchanges.clear();
  });
  CHECK(client->read_all().empty());
}

TEST_CASE("a connection that is taken over carries on with the bytes behind the request") {
  for (const bool at_once : {true, false}) {
    LoopThread thread;
    std::vector<Exchange> kept;
    std::atomic<int> asked{0};
    const auto take = [](const Exchange& exchange) {
      const auto connection = exchange->take_over("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      connection->on_data([c = connection.get()](std::string_view bytes) {
        c->write(bytes);
        return bytes.size();
      });
    };
    HttpFixture server(thread, [&](const Exchange& exchange) {
      if (at_once) return take(exchange);
      kept.push_back(exchange);
      ++asked;
    });
    Client client(server.address);
    client.send("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nbehind");
    if (!at_once) {
      REQUIRE(eventually([&] { return asked == 1; }));
      thread.on_loop([&] { take(kept[0]), kept.clear(); });
    }
    CHECK(client.read(42) == "HTTP/1.1 101 Switching Protocols\r\n\r\nbehind");
    client.send("more");
    CHECK(client.read(4) == "more");
  }
}
