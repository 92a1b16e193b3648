// Reading, writing and ending, with the other side misbehaving.
#include <dirent.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "hearth/net/listener.hpp"
#include "loop_thread.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using hearth::Error;
using hearth::ErrorCode;
using hearth::test::Client;
using hearth::test::eventually;
using hearth::test::LoopThread;

namespace {

class Server {
 public:
  Server(LoopThread& thread, Listener::Accept accept, ConnectionLimits limits = {}) : thread_(thread) {
    thread_.on_loop([&] {
      ListenerOptions options;
      options.listen = "127.0.0.1:0";
      options.limits = limits;
      listener_ = std::move(*Listener::open(thread_.io(), options, std::move(accept)));
      address = listener_->address();
    });
  }
  ~Server() {
    thread_.on_loop([this] { listener_.reset(); });
  }
  void end() { listener_.reset(); }  // on the loop
  std::size_t size() {
    return thread_.ask<std::size_t>([this] { return listener_->size(); });
  }
  Listener::Counters counters() {
    return thread_.ask<Listener::Counters>([this] { return listener_->counters(); });
  }
  std::string address;

 private:
  LoopThread& thread_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

TEST_CASE("what on_data leaves unused comes again in front of the next bytes") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) -> std::size_t {
      if (bytes.size() < 4) return 0;
      c.write(bytes.substr(0, 4));
      return 4;
    });
  });
  Client client(server.address);
  client.send("ab");
  client.send("cdef");
  CHECK(client.read(4) == "abcd");
  client.send("gh");
  CHECK(client.read(4) == "efgh");
}

TEST_CASE("input that nobody uses ends the connection at its limit") {
  LoopThread thread;
  Server server(thread, [](Connection& c) { c.on_data([](std::string_view) { return std::size_t{0}; }); },
                {.max_input = 1000});
  Client client(server.address);
  client.send(std::string(2000, 'x'));
  CHECK(client.gone());
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a reply much larger than the socket's buffers arrives whole, in one go or in two") {
  LoopThread thread;
  const std::string big(8 * 1024 * 1024, 'z');
  Server server(thread,
                [&](Connection& c) {
                  c.on_data([&](std::string_view bytes) {
                    if (bytes == "one") {
                      c.close_with(big, true);
                    } else {
                      c.write(big);
                      c.close_after_flush(true);
                    }
                    return bytes.size();
                  });
                },
                {.max_output = big.size()});
  for (const auto* way : {"one", "two"}) {
    Client client(server.address);
    client.send(way);
    CHECK(client.read_all() == big);
    CHECK(client.closed());
  }
}

TEST_CASE("a connection that ends with nothing to say just ends") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      c.close_with("", bytes == "quiet");
      return bytes.size();
    });
  });
  for (const auto* way : {"quiet", "loud"}) {
    Client client(server.address);
    client.send(way);
    CHECK(client.read_all().empty());
    CHECK(client.closed());
  }
}

TEST_CASE("a peer that doesn't read is dropped when the queue is full, and counted") {
  LoopThread thread;
  std::atomic<bool> told{false};
  Server server(thread,
                [&](Connection& c) {
                  c.on_closed([&](const Error& e) { told = e.code == ErrorCode::kBusy; });
                  c.on_data([&c](std::string_view bytes) {
                    for (int i = 0; i < 100; ++i) c.write(std::string(1024 * 1024, 'z'));
                    return bytes.size();
                  });
                },
                {.max_output = 1024 * 1024});
  Client client(server.address);
  Client idle(server.address);
  REQUIRE(eventually([&] { return server.size() == 2; }));
  client.send("go");
  CHECK(eventually([&] { return server.size() == 1; }));
  CHECK(eventually([&] { return told.load(); }));
  CHECK(server.counters().dropped == 1);
}

TEST_CASE("a peer that stops reading is dropped after the write timeout") {
  LoopThread thread;
  Server server(thread,
                [&](Connection& c) {
                  c.on_data([&c](std::string_view bytes) {
                    c.write(std::string(32 * 1024 * 1024, 'z'));
                    c.close_after_flush();
                    return bytes.size();
                  });
                },
                {.max_output = 64 * 1024 * 1024, .write_timeout = 100ms});
  Client client(server.address);
  REQUIRE(eventually([&] { return server.size() == 1; }));
  client.send("go");
  CHECK(eventually([&] { return server.size() == 0; }));
  CHECK(server.counters().timed_out == 1);
}

TEST_CASE("trailing bytes, early or late, don't turn the reply into a reset") {
  for (const bool quiet : {true, false}) {
    LoopThread thread;
    Server server(thread, [quiet](Connection& c) {
      c.on_data([&c, quiet](std::string_view bytes) {
        c.write("reply");
        c.close_after_flush(quiet);
        return bytes.size();
      });
    });
    Client client(server.address);
    client.send("request");
    CHECK(client.send(std::string(5000, 'x')));
    CHECK(client.read(5) == "reply");
    CHECK(client.send("late"));
    CHECK(client.read_all().empty());
    CHECK(client.closed());
  }
}

TEST_CASE("a client in the middle of a large request still gets the refusal") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      c.write("too large");
      c.close_after_flush();
      return bytes.size();
    });
  });
  Client client(server.address);
  CHECK(client.send(std::string(3 * 1024 * 1024, 'x')));
  CHECK(client.read_all() == "too large");
  CHECK(client.closed());
}

TEST_CASE("a closing connection discards only so much, and only for so long") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      c.write("no");
      c.close_after_flush();
      return bytes.size();
    });
  });
  Client client(server.address);
  CHECK_FALSE(client.send(std::string(64 * 1024 * 1024, 'x')));
  Client silent(server.address);
  silent.send("x");
  CHECK(silent.read(2) == "no");
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a deadline closes the connection or is handed to its owner") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      c.on_deadline([&c] {
        c.write("late");
        c.close_after_flush();
      });
      return bytes.size();
    });
    c.set_deadline(150ms);
  });
  Client silent(server.address), begun(server.address);
  begun.send("x");
  CHECK(begun.read_all() == "late");
  CHECK(silent.gone());
  CHECK(eventually([&] { return server.size() == 0; }));
  CHECK(server.counters().timed_out == 1);
}

TEST_CASE("a peer's end closes the connection, or leaves it writable for an owner who cares") {
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      if (bytes == "care")
        c.on_end([&c] {
          c.write("I see");
          c.close_after_flush();
        });
      return bytes.size();
    });
  });
  Client plain(server.address), cared(server.address);
  cared.send("care");
  cared.end();
  CHECK(cared.read_all() == "I see");
  plain.end();
  CHECK(plain.gone());
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a paused connection makes the peer wait and goes on with what was left") {
  LoopThread thread;
  Connection* paused = nullptr;
  Server server(thread, [&](Connection& c) {
    c.on_data([&](std::string_view bytes) -> std::size_t {
      if (!paused) {
        paused = &c;
        c.pause();
        return 1;
      }
      c.write(bytes);
      return bytes.size();
    });
  });
  Client client(server.address);
  client.send("abc");
  REQUIRE(eventually([&] { return thread.ask<bool>([&] { return paused != nullptr; }); }));
  thread.on_loop([&] { paused->resume(); });
  CHECK(client.read(2) == "bc");
}

TEST_CASE("a session lives until its own callbacks and its own close() have returned") {
  struct Session {
    explicit Session(std::atomic<int>& alive) : living(alive) { ++living; }
    ~Session() { --living; }
    std::atomic<int>& living;
  };
  LoopThread thread;
  std::atomic<int> living{0};
  std::atomic<bool> alive_after_close{true};
  std::function<void()> close_from_outside;
  Server server(thread, [&](Connection& c) {
    const auto session = std::make_shared<Session>(living);
    auto* raw = session.get();
    c.on_data([&, session, raw](std::string_view bytes) {
      if (bytes == "inside") {
        c.close();
        alive_after_close = alive_after_close && raw->living > 0;
      } else {
        close_from_outside = [&c, raw, &alive_after_close] {
          c.close();
          alive_after_close = alive_after_close && raw->living > 0;
        };
      }
      return bytes.size();
    });
  });
  Client inside(server.address);
  inside.send("inside");
  CHECK(inside.gone());
  CHECK(eventually([&] { return living == 0; }));
  Client outside(server.address);
  outside.send("outside");
  REQUIRE(eventually([&] { return thread.ask<bool>([&] { return bool(close_from_outside); }); }));
  thread.on_loop([&] { close_from_outside(); });
  CHECK(outside.gone());
  CHECK(eventually([&] { return living == 0; }));
  CHECK(alive_after_close);
}

TEST_CASE("a listener that goes takes its connections and their sessions along") {
  LoopThread thread;
  const auto session = std::make_shared<int>(0);
  auto server = std::make_unique<Server>(thread, [session](Connection& c) {
    c.on_data([session](std::string_view bytes) { return bytes.size(); });
  });
  Client client(server->address);
  REQUIRE(eventually([&] { return server->size() == 1; }));
  server.reset();
  CHECK(client.gone());
  CHECK(eventually([&] { return session.use_count() == 1; }));
}

TEST_CASE("a listener that goes silences connections that have failed a moment before") {
  LoopThread thread;
  std::atomic<bool> told{false};
  Connection* connection = nullptr;
  auto server = std::make_unique<Server>(thread, [&](Connection& c) {
    connection = &c;
    c.on_closed([&](const Error&) { told = true; });
  });
  Client client(server->address);
  REQUIRE(eventually([&] { return server->size() == 1; }));
  thread.on_loop([&] {
    connection->write(std::string(64 * 1024 * 1024, 'z'));
    CHECK_FALSE(connection->is_open());
    server->end();
  });
  thread.on_loop([] {});
  CHECK_FALSE(told);
}

TEST_CASE("a thousand short connections leave no descriptor behind") {
  const auto open_descriptors = [] {
    std::size_t count = 0;
    auto* folder = ::opendir("/proc/self/fd");
    while (::readdir(folder)) ++count;
    ::closedir(folder);
    return count;
  };
  LoopThread thread;
  Server server(thread, [](Connection& c) {
    c.on_data([&c](std::string_view bytes) {
      c.write(bytes);
      c.close_after_flush(true);
      return bytes.size();
    });
  });
  const auto before = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    Client client(server.address);
    client.send("x");
    REQUIRE(client.read_all() == "x");
  }
  CHECK(eventually([&] { return open_descriptors() == before; }));
}
