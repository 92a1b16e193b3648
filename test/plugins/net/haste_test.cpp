// Writing that may wait for company: it comes by itself, in order, and at the end at the latest.
#include <atomic>
#include <catch2/catch.hpp>

#include "hearth/net/listener.hpp"
#include "loop_thread.hpp"

using namespace hearth::net;
using hearth::test::Client;
using hearth::test::LoopThread;

namespace {

// Runs `what` with each new connection.
struct Greeter {
  Greeter(LoopThread& its_thread, const std::function<void(Connection&)>& what, std::size_t max_output = 1000)
      : thread(its_thread) {
    thread.on_loop([&] {
      ListenerOptions options;
      options.listen = "127.0.0.1:0";
      options.limits.max_output = max_output;
      listener = std::move(*Listener::open(thread.io(), options, [what](Connection& c) {
        c.on_data([](std::string_view bytes) { return bytes.size(); });
        what(c);
      }));
      address = listener->address();
    });
  }
  ~Greeter() {
    thread.on_loop([this] { listener.reset(); });
  }
  LoopThread& thread;
  std::unique_ptr<Listener> listener;
  std::string address;
};

}  // namespace

TEST_CASE("what may wait comes by itself") {
  LoopThread thread;
  std::atomic<std::size_t> queued{0};
  Greeter server(thread, [&](Connection& c) {
    c.write("one ", {}, Haste::kSoon);
    c.write("two", {}, Haste::kSoon);
    queued = c.queued();
  });
  CHECK(Client(server.address).read(7) == "one two");
  CHECK(queued == 7);
}

TEST_CASE("what may not wait takes along what did, in the order of writing") {
  LoopThread thread;
  std::atomic<std::size_t> queued{0};
  Greeter server(thread, [&](Connection& c) {
    c.write("soon ", {}, Haste::kSoon);
    c.write("now");
    queued += c.queued();
    c.cork();
    c.write(" corked", {}, Haste::kSoon);
    c.uncork();
    queued += c.queued();
  });
  CHECK(Client(server.address).read(15) == "soon now corked");
  CHECK(queued == 0);
}

TEST_CASE("an end takes along what waits") {
  LoopThread thread;
  Greeter with(thread, [](Connection& c) {
    c.write("soon ", {}, Haste::kSoon);
    c.close_with("last");
  });
  CHECK(Client(with.address).read_all() == "soon last");
  Greeter after(thread, [](Connection& c) {
    c.write("soon", {}, Haste::kSoon);
    c.close_after_flush();
  });
  CHECK(Client(after.address).read_all() == "soon");
}

TEST_CASE("what waits counts as unread, and a connection that closes meanwhile is left alone") {
  LoopThread thread;
  Greeter server(thread, [](Connection& c) { c.write(std::string(1001, 'x'), {}, Haste::kSoon); });
  CHECK(Client(server.address).read_all().empty());
  Greeter closing(thread, [](Connection& c) {
    c.write("soon", {}, Haste::kSoon);
    c.close();
  });
  CHECK(Client(closing.address).read_all().empty());
}
