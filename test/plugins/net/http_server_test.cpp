// The HTTP server with clients of all manners: what it takes, refuses, and waits for.
#include "hearth/net/http_server.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/held.hpp"
#include "http_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using namespace hearth::test;

TEST_CASE("a request is answered with everything that HTTP wants") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Client client(server.address);
  client.send(kGet);
  const auto response = read_response(client);
  CHECK(response.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  CHECK(response.find(" GMT\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nGET /a?b=c ") !=
        std::string::npos);
  CHECK(response.find("Connection") == std::string::npos);
}

TEST_CASE("one connection carries many requests, byte by byte too") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Client client(server.address);
  for (int i = 0; i < 3; ++i) {
    client.send(post("hello"));
    CHECK(body_of(read_response(client)) == "POST /p? hello");
  }
  for (const char byte : post("slowly")) client.send({&byte, 1});
  CHECK(body_of(read_response(client)) == "POST /p? slowly");
  client.send(
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  CHECK(body_of(read_response(client)) == "POST /c? abc");
  CHECK(server.counters().requests == 5);
}

TEST_CASE("a client that waits for 100 Continue is told so, once, and not when the body is there") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Client client(server.address);
  client.send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.read(25) == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(body_of(read_response(client)) == "POST /p? hello");
  client.send(post("hello", "Expect: 100-continue\r\n"));
  CHECK(read_response(client).starts_with("HTTP/1.1 200"));
  client.send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
  CHECK(read_response(client).starts_with("HTTP/1.1 413"));
}

TEST_CASE("what is malformed or too large is answered, and the connection closed") {
  LoopThread thread;
  HttpFixture server(thread, echo, with({.max_body = 1000}));
  const std::vector<std::pair<std::string, std::string>> requests{
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", "414"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(17000, 'x') + "\r\n\r\n", "431"},
      {post(std::string(1001, 'x')), "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'),
       "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: br\r\n\r\n", "501"},
      {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "505"},
      {"POST / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", "417"}};
  for (const auto& [request, status] : requests) {
    INFO(status);
    Client client(server.address);
    client.send(kGet);
    client.send(request);
    client.send(kGet);
    CHECK(body_of(read_response(client)) == "GET /a?b=c ");
    const auto response = client.read_all();
    CHECK(response.starts_with("HTTP/1.1 " + status));
    CHECK(response.find("Connection: close\r\n") != std::string::npos);
    CHECK(response.find("GET /a") == std::string::npos);
    CHECK(client.closed());
  }
  CHECK(server.counters().refused == requests.size());
  CHECK(server.counters().requests == requests.size());
}

TEST_CASE("a client in the middle of a body that is too large still reads why") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  Client client(server.address);
  CHECK(client.send(post(std::string(3'000'000, 'x'))));
  CHECK(client.read_all().starts_with("HTTP/1.1 413"));
  CHECK(client.closed());
}

TEST_CASE("unfinished bodies are bounded together, and the room comes back") {
  LoopThread thread;
  const std::size_t each = 8'000'000, fit = Held::kMost / each;
  HttpFixture server(thread, echo, with({.max_body = each}));
  const auto begun = post(std::string(each, 'x')).substr(0, each);  // all but the last bytes
  {
    std::vector<std::unique_ptr<Client>> clients;
    std::string refusal;
    for (std::size_t i = 0; i <= fit && refusal.empty(); ++i) {
      clients.push_back(std::make_unique<Client>(server.address));
      clients.back()->send(begun);
      if (i == fit) refusal = clients.back()->read_all();
    }
    CHECK(refusal.starts_with("HTTP/1.1 503"));
  }
  CHECK(eventually([&] { return thread.ask<std::size_t>([&] { return thread.io().held; }) == 0; }));
  Client client(server.address);
  client.send(post("fine"));
  CHECK(read_response(client).starts_with("HTTP/1.1 200"));
}

TEST_CASE("half a head or half a body gets 408, nothing at all just ends") {
  LoopThread thread;
  HttpServerOptions options;
  options.head_timeout = options.body_timeout = options.idle_timeout = 60ms;
  HttpFixture server(thread, echo, options);
  {
    Client silent(server.address), head(server.address), body(server.address), idle(server.address);
    head.send("GET / HTT");
    body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
    idle.send(kGet);
    CHECK(head.read_all().starts_with("HTTP/1.1 408"));
    CHECK(body.read_all().starts_with("HTTP/1.1 408"));
    CHECK(silent.read_all().empty());
    CHECK(silent.closed());
    CHECK(body_of(idle.read_all()) == "GET /a?b=c ");
    CHECK(idle.closed());
  }
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a client that sends a byte now and then doesn't get more time") {
  LoopThread thread;
  HttpServerOptions options;
  options.head_timeout = 100ms;
  HttpFixture server(thread, echo, options);
  Client client(server.address);
  std::atomic<bool> done{false};
  std::thread dripping([&] {
    client.send("GET /");
    while (!done && client.send("x")) std::this_thread::yield();
  });
  const auto answer = client.read_all();
  done = true;
  dripping.join();
  CHECK((answer.starts_with("HTTP/1.1 408") || answer.starts_with("HTTP/1.1 414")));
}

TEST_CASE("HTTP/1.0 and Connection: close end the connection, keep-alive keeps it") {
  LoopThread thread;
  HttpFixture server(thread, echo);
  for (const auto* request :
       {"GET /a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
    Client client(server.address);
    client.send(request);
    const auto answer = client.read_all();
    CHECK(client.closed());
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(body_of(answer) == "GET /a? ");
  }
  Client client(server.address);
  for (int i = 0; i < 2; ++i) {
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(read_response(client).find("Connection: keep-alive\r\n") != std::string::npos);
  }
}

TEST_CASE("what the server answers by itself can be given more headers") {
  LoopThread thread;
  HttpServerOptions options;
  options.dress = [](HttpResponse& response, const HttpHeaders& asked) {
    response.header("Access-Control-Allow-Origin", asked.find("Origin").value_or("*"));
  };
  HttpFixture server(thread, echo, options);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"GET / HTTP/1.1\r\n\r\n", "*"},
      {"GET / HTTP/1.1\r\nOrigin: http://a\r\nno colon\r\n\r\n", "*"},
      {"POST / HTTP/1.1\r\nHost: h\r\nOrigin: http://a\r\nContent-Length: 99999999\r\n\r\n", "http://a"},
      {"POST / HTTP/1.1\r\nHost: h\r\nOrigin: http://a\r\nTransfer-Encoding: chunked\r\n\r\n9999999\r\n",
       "http://a"}};
  for (const auto& [request, origin] : cases) {
    INFO(request);
    Client client(server.address);
    client.send(request);
    CHECK(client.read_all().find("Access-Control-Allow-Origin: " + origin + "\r\n") != std::string::npos);
  }
}

TEST_CASE("a body is announced before it comes, and what the listener gives lives until then") {
  LoopThread thread;
  HttpServerOptions options;
  std::atomic<int> announced{0}, right{0};
  std::weak_ptr<void> kept;
  options.announced = [&](const HttpRequest& request) {
    if (request.path == "/p" && request.body.empty()) ++right;
    auto token = std::make_shared<int>();
    kept = token;
    ++announced;
    return token;
  };
  HttpFixture server(thread, echo, options);
  Client client(server.address);
  const auto request = post("later");
  client.send(request.substr(0, request.size() - 5));
  CHECK(eventually([&] { return announced == 1; }));
  CHECK_FALSE(kept.expired());
  client.send("later");
  CHECK(body_of(read_response(client)) == "POST /p? later");
  CHECK(eventually([&] { return kept.expired(); }));
  client.send(kGet);
  read_response(client);
  CHECK(announced == 1);  // it has no body

  client.send(request.substr(0, request.size() - 1));
  CHECK(eventually([&] { return announced == 2; }));
  client.end();
  client.read_all();
  CHECK(eventually([&] { return kept.expired(); }));
  CHECK(right == 2);
}
