// Outgoing connections.
#include "hearth/net/connect.hpp"

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "hearth/net/listener.hpp"
#include "loop_thread.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using hearth::Error;
using hearth::ErrorCode;
using hearth::Result;
using hearth::test::eventually;
using hearth::test::LoopThread;

namespace {

struct Outcome {
  std::atomic<bool> done{false};
  std::shared_ptr<Connection> connection;
  Error error;
  Connected callback() {
    return [this](Result<std::shared_ptr<Connection>> result) {
      if (result.ok()) {
        connection = *result;
      } else {
        error = result.error();
      }
      done = true;
    };
  }
};

// A loopback port with a listener whose queue is full, so that connecting hangs.
struct Full {
  Full() {
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const Poco::Net::SocketAddress any("127.0.0.1", 0);
    ::bind(fd, any.addr(), any.length());
    ::listen(fd, 0);
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    for (auto& one : waiting) {
      one = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      (void)!::connect(one, reinterpret_cast<sockaddr*>(&at), size);
    }
  }
  ~Full() {
    for (const int one : waiting) ::close(one);
    ::close(fd);
  }
  int fd;
  int waiting[3];
  std::uint16_t port;
};

}  // namespace

TEST_CASE("a client by address or by name talks to a server, both on one loop") {
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    LoopThread thread;
    std::unique_ptr<Listener> listener;
    Outcome outcome;
    Attempt attempt;
    std::atomic<bool> answered{false};
    thread.on_loop([&] {
      ListenerOptions options;
      options.listen = "127.0.0.1:0";
      listener = std::move(*Listener::open(thread.io(), options, [](Connection& c) {
        c.on_data([&c](std::string_view bytes) {
          c.write(bytes);
          return bytes.size();
        });
      }));
      const auto port = static_cast<std::uint16_t>(std::stoi(listener->address().substr(10)));
      attempt = connect(thread.io(), host, port, {}, [&](Result<std::shared_ptr<Connection>> result) {
        outcome.callback()(std::move(result));
        if (!outcome.connection) return;
        outcome.connection->on_data([&](std::string_view bytes) {
          answered = bytes == "ping";
          outcome.connection.reset();  // from inside its own callback
          return bytes.size();
        });
        outcome.connection->write("ping");
      });
    });
    CHECK(eventually([&] { return answered.load(); }));
    INFO(outcome.error.words);
    thread.on_loop([&] { attempt.reset(), listener.reset(), outcome.connection.reset(); });
  }
}

TEST_CASE("a refused connection is unreachable, said in words and not from inside connect()") {
  LoopThread thread;
  Outcome outcome;
  Attempt attempt;
  bool too_early = false;
  thread.on_loop([&] {
    // A port that nobody listens on: bound, and given back.
    Poco::Net::ServerSocket taken;
    taken.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
    const auto port = taken.address().port();
    attempt = connect(thread.io(), "127.0.0.1", port, {}, outcome.callback());
    too_early = outcome.done;
  });
  REQUIRE(eventually([&] { return outcome.done.load(); }));
  CHECK_FALSE(too_early);
  CHECK(outcome.error.code == ErrorCode::kUnreachable);
  CHECK(outcome.error.words.find("127.0.0.1:") == 0);
  thread.on_loop([&] { attempt.reset(); });
}

TEST_CASE("a connection that hangs ends with its timeout") {
  LoopThread thread;
  const Full full;
  Outcome outcome;
  Attempt attempt;
  thread.on_loop([&] {
    attempt =
        connect(thread.io(), "127.0.0.1", full.port, {.timeout = 100ms, .limits = {}}, outcome.callback());
  });
  REQUIRE(eventually([&] { return outcome.done.load(); }));
  CHECK(outcome.error.code == ErrorCode::kTimeout);
  thread.on_loop([&] { attempt.reset(); });
}

TEST_CASE("an attempt that is dropped says nothing any more") {
  LoopThread thread;
  const Full full;
  Outcome dropped, after;
  Attempt attempt;
  thread.on_loop([&] {
    attempt =
        connect(thread.io(), "127.0.0.1", full.port, {.timeout = 50ms, .limits = {}}, dropped.callback());
    attempt.reset();
    attempt =
        connect(thread.io(), "127.0.0.1", full.port, {.timeout = 100ms, .limits = {}}, after.callback());
  });
  CHECK(eventually([&] { return after.done.load(); }));
  CHECK_FALSE(dropped.done);
  thread.on_loop([&] { attempt.reset(); });
}

TEST_CASE("a name that nobody knows is unreachable") {
  LoopThread thread;
  Outcome outcome;
  Attempt attempt;
  thread.on_loop([&] { attempt = connect(thread.io(), "no-such-host.invalid", 1, {}, outcome.callback()); });
  REQUIRE(eventually([&] { return outcome.done.load(); }));
  CHECK_FALSE(outcome.connection);
  thread.on_loop([&] { attempt.reset(); });
}

TEST_CASE("the owner is told when the peer goes") {
  LoopThread thread;
  std::unique_ptr<Listener> listener;
  Outcome outcome;
  Attempt attempt;
  std::atomic<bool> told{false};
  thread.on_loop([&] {
    ListenerOptions options;
    options.listen = "127.0.0.1:0";
    listener = std::move(*Listener::open(thread.io(), options, [](Connection& c) { c.close(); }));
    const auto port = static_cast<std::uint16_t>(std::stoi(listener->address().substr(10)));
    attempt = connect(thread.io(), "127.0.0.1", port, {}, [&](Result<std::shared_ptr<Connection>> result) {
      outcome.callback()(std::move(result));
      outcome.connection->on_closed([&](const Error& error) {
        told = error.code == ErrorCode::kUnreachable;
        outcome.connection.reset();
      });
    });
  });
  CHECK(eventually([&] { return told.load(); }));
  thread.on_loop([&] { attempt.reset(), listener.reset(), outcome.connection.reset(); });
}
