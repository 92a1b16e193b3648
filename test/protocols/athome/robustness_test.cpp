// What must not go wrong when the bytes are bad, late, too many or never end.
#include <Poco/Net/SocketAddress.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>
#include <thread>

#include "fake_home.hpp"
#include "hearth/net/json.hpp"

using namespace hearth;
using test::FakeHome;

namespace {

bool refused(FakeHome& home, std::string_view bytes) {
  const auto answer = home.ask(bytes);
  const auto* code = answer.get_object().if_contains("result-code");
  return code && *code == 400 && answer.at("error").is_string() && answer.get_object().contains("message");
}

bool fine(FakeHome& home, std::string_view bytes) {
  const auto answer = home.ask(bytes);
  const auto* code = answer.get_object().if_contains("result-code");
  return code && *code == 0;
}

int open_connection(FakeHome& home) {
  const Poco::Net::SocketAddress to(home.address());
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  REQUIRE(::connect(fd, to.addr(), to.length()) == 0);
  return fd;
}

}  // namespace

TEST_CASE("requests that old and sloppy clients send are understood") {
  FakeHome home;
  CHECK(fine(home, "\"{\"request\": \"StatusRequest\", \"args\": {}}\""));
  CHECK(fine(home, "\r\n {\"request\": \"StatusRequest\"}\n"));
  CHECK(fine(home, "\xef\xbb\xbf{\"request\": \"StatusRequest\"}"));
  CHECK(fine(home, "{\"request\": \"GetTime\", \"description\": \"} { \\\" \u00e9\"}"));
  CHECK(fine(home, "{\"request\": \"StatusRequest\"}}" + std::string(5000, 'x')));
  CHECK(fine(home, "{\u201crequest\u201d: \u201cStatusRequest\u201d, \u201cargs\u201d: {}}"));
}

TEST_CASE("a request in pieces is understood") {
  FakeHome home;
  const int fd = open_connection(home);
  for (const char c : std::string("{\"request\": \"StatusRequest\"}"))
    REQUIRE(::send(fd, &c, 1, MSG_NOSIGNAL) == 1);
  char buffer[1024];
  const auto n = ::recv(fd, buffer, sizeof buffer, 0);
  CHECK(n > 100);
  ::close(fd);
}

TEST_CASE("a frame that is no good JSON is answered with 400 and words") {
  FakeHome home;
  CHECK(refused(home, "{\"request\": }"));
  CHECK(refused(home, "{\"request\": \"StatusRequest\",}"));
  CHECK(refused(home, "{\"request\": \"StatusRequest\", \"request\": \"Off\"}"));
  CHECK(refused(home, "{\"request\": \"\xff\xfe\"}"));
  CHECK(refused(home, "{\"request\": \"GetTime\", \"x\": NaN}"));
  CHECK(refused(home, "{]"));
  CHECK(refused(home, "{}"));
}

TEST_CASE("bytes that cannot begin an object are refused at once") {
  FakeHome home;
  CHECK(refused(home, "GET / HTTP/1.1\r\n"));
  CHECK(refused(home, "[{\"request\": \"StatusRequest\"}]"));
  CHECK(refused(home, std::string("\0", 1)));
  CHECK(refused(home, "\x16\x03\x01"));
}

TEST_CASE("a request that is too large or too deep is refused, and the refusal arrives") {
  FakeHome home;
  CHECK(refused(home, "{\"a\": \"" + std::string(2 * 1024 * 1024, 'x')));
  CHECK(fine(home, "{\"request\": \"GetTime\", \"a\": \"" + std::string(1000 * 1000, 'x') + "\"}"));
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "{\"a\":";
  CHECK(refused(home, deep));
}

TEST_CASE("half a request is refused after the deadline, silence is closed quietly") {
  FakeHome home({.allow = {}, .max_connections = 1024, .request_timeout_s = 1});
  CHECK(refused(home, "{\"request\": \"Stat"));
  CHECK(home.raw("").empty());
  CHECK(home.raw("  \n").empty());
}

TEST_CASE("a client that leaves in the middle is forgotten quietly") {
  FakeHome home({.allow = {}, .max_connections = 1, .request_timeout_s = 10});
  const int fd = open_connection(home);
  REQUIRE(::send(fd, "{\"requ", 6, MSG_NOSIGNAL) == 6);
  ::shutdown(fd, SHUT_WR);
  char byte;
  CHECK(::recv(fd, &byte, 1, 0) == 0);
  ::close(fd);
  CHECK(fine(home, "{\"request\": \"StatusRequest\"}"));
}

TEST_CASE("a client that ends its half after the request still gets the answer") {
  FakeHome home;
  home.declare(test::plug());
  const int fd = open_connection(home);
  const std::string request = R"({"request": "On", "args": {"device-id": 2}})";
  REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  ::shutdown(fd, SHUT_WR);
  char buffer[1024];
  CHECK(::recv(fd, buffer, sizeof buffer, 0) > 100);
  ::close(fd);
}

TEST_CASE("a client that leaves while its command is under way disturbs nobody") {
  FakeHome home;
  home.declare(test::plug());
  home.on_command = [](const Command&) { return std::optional<CommandDone>(); };
  for (int i = 0; i < 10; ++i) {
    const int fd = open_connection(home);
    const std::string request = R"({"request": "On", "args": {"device-id": 2}})";
    REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    const linger reset{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd);
  }
  CHECK(fine(home, "{\"request\": \"StatusRequest\"}"));
}

TEST_CASE("the plugin stops in the middle of everything") {
  int waiting = -1, half = -1;
  {
    FakeHome home;
    home.declare(test::plug());
    home.on_command = [](const Command&) { return std::optional<CommandDone>(); };
    half = open_connection(home);
    waiting = open_connection(home);
    const std::string request = R"({"request": "On", "args": {"device-id": 2}})";
    REQUIRE(::send(waiting, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
    while (home.commands().empty()) std::this_thread::yield();
  }
  char byte;
  CHECK(::recv(waiting, &byte, 1, 0) <= 0);
  CHECK(::recv(half, &byte, 1, 0) <= 0);
  ::close(waiting);
  ::close(half);
}

TEST_CASE("many clients at once are all answered") {
  FakeHome home;
  std::vector<std::thread> clients;
  std::atomic<int> answered{0};
  for (int t = 0; t < 8; ++t)
    clients.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        answered += fine(home, "{\"request\": \"StatusRequest\", \"args\": {}}") ? 1 : 0;
    });
  for (auto& client : clients) client.join();
  CHECK(answered == 1600);
}
