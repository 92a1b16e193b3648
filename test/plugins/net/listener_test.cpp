// Who gets in, and what happens at the limits.
#include "hearth/net/listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "loop_thread.hpp"

using namespace hearth::net;
using hearth::test::Client;
using hearth::test::eventually;
using hearth::test::LoopThread;

namespace {

// Answers each piece of data with itself and closes; "stay" is kept open.
class EchoServer {
 public:
  explicit EchoServer(LoopThread& thread, ListenerOptions options = {}) : thread_(thread) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
    thread_.on_loop([&] {
      auto listener = Listener::open(thread_.io(), options, [](Connection& connection) {
        connection.on_data([&connection](std::string_view bytes) {
          connection.write(bytes);
          if (bytes != "stay") connection.close_after_flush(true);
          return bytes.size();
        });
      });
      if (listener.ok()) listener_ = std::move(*listener);
      if (listener_) address_ = listener_->address();
      if (!listener_) error_ = listener.error().words;
    });
  }
  ~EchoServer() {
    thread_.on_loop([this] { listener_.reset(); });
  }
  const std::string& address() const { return address_; }
  const std::string& error() const { return error_; }
  Listener::Counters counters() {
    return thread_.ask<Listener::Counters>([this] { return listener_->counters(); });
  }
  std::size_t size() {
    return thread_.ask<std::size_t>([this] { return listener_->size(); });
  }

 private:
  LoopThread& thread_;
  std::unique_ptr<Listener> listener_;
  std::string address_, error_;
};

bool echoes(const std::string& address) {
  Client client(address);
  client.send("hello");
  return client.read_all() == "hello" && client.closed();
}

}  // namespace

TEST_CASE("a listener on port 0 tells the port that it got, and answers there") {
  LoopThread thread;
  EchoServer server(thread);
  REQUIRE(server.address().find("127.0.0.1:") == 0);
  CHECK(server.address() != "127.0.0.1:0");
  CHECK(echoes(server.address()));
  CHECK(server.counters().accepted == 1);
}

TEST_CASE("a listener speaks IPv6") {
  LoopThread thread;
  ListenerOptions options;
  options.listen = "[::1]:0";
  EchoServer server(thread, options);
  if (server.address().empty()) return;  // a machine without IPv6
  CHECK(echoes(server.address()));
}

TEST_CASE("a port that is taken is refused in words") {
  LoopThread thread;
  EchoServer first(thread);
  ListenerOptions options;
  options.listen = first.address();
  EchoServer second(thread, options);
  CHECK(second.error().find("cannot listen on " + first.address()) == 0);
}

TEST_CASE("an address outside the allow list is closed at once and counted") {
  LoopThread thread;
  ListenerOptions options;
  options.allow = {"192.0.2.0/24"};
  EchoServer server(thread, options);
  Client client(server.address());
  CHECK(client.gone());
  CHECK(server.counters().refused_by_address == 1);
}

TEST_CASE("one connection too many is closed at once, and a place that becomes free is given away") {
  LoopThread thread;
  ListenerOptions options;
  options.max_connections = 2;
  EchoServer server(thread, options);
  Client first(server.address());
  {
    Client second(server.address());
    REQUIRE(eventually([&] { return server.size() == 2; }));
    Client third(server.address());
    CHECK(third.gone());
    CHECK(server.counters().refused_by_limit == 1);
  }
  REQUIRE(eventually([&] { return server.size() == 1; }));
  CHECK(echoes(server.address()));
}

TEST_CASE("one address may not take all places") {
  LoopThread thread;
  ListenerOptions options;
  options.max_per_address = 1;
  EchoServer server(thread, options);
  Client first(server.address());
  REQUIRE(eventually([&] { return server.size() == 1; }));
  Client second(server.address());
  CHECK(second.gone());
  CHECK(server.counters().refused_by_limit == 1);
}

TEST_CASE("connections send without Nagle's delay") {
  LoopThread thread;
  int no_delay = 0;
  std::unique_ptr<Listener> listener;
  std::string address;
  thread.on_loop([&] {
    ListenerOptions options;
    options.listen = "127.0.0.1:0";
    auto opened = Listener::open(thread.io(), options, [&](Connection& connection) {
      socklen_t size = sizeof no_delay;
      ::getsockopt(connection.fd(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
      connection.close();
    });
    listener = std::move(*opened);
    address = listener->address();
  });
  Client client(address);
  CHECK(client.gone());
  thread.on_loop([&] { listener.reset(); });
  CHECK(no_delay == 1);
}

TEST_CASE("without descriptors clients are turned away, the loop sleeps, and all is well again afterwards") {
  LoopThread thread;
  EchoServer server(thread);
  REQUIRE(echoes(server.address()));
  Client early(server.address());
  early.send("stay");
  REQUIRE(early.read(4) == "stay");
  Client waiting(server.address());  // its own descriptor, before they are gone
  REQUIRE(eventually([&] { return server.size() == 2; }));

  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::fcntl(waiting.fd(), F_DUPFD, 0);
  ::close(next);
  const int outside = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Poco::Net::SocketAddress to(server.address());
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};  // nothing above what is open
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  REQUIRE(::connect(outside, to.addr(), to.length()) == 0);
  const bool counted = eventually([&] { return server.counters().out_of_descriptors > 0; });
  char byte;
  const auto turned_away = ::recv(outside, &byte, 1, 0);
  ::setrlimit(RLIMIT_NOFILE, &before);
  ::close(outside);
  CHECK(counted);
  CHECK(turned_away <= 0);
  CHECK(echoes(server.address()));
  early.send("still");
  CHECK(early.read_all() == "still");
}
