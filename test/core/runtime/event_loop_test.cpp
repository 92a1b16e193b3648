// EventLoop: posted functions, descriptors, sources, and the end of it.
#include "core/runtime/event_loop.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "test/core/runtime/looped.hpp"

using namespace hearth::core;
using hearth::core::test::Looped;

namespace {

// Two connected sockets, closed at the end.
struct Pair {
  Pair() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) == 0); }
  ~Pair() {
    close_near();
    close_far();
  }
  void close_near() { end(fds[0]); }
  void close_far() { end(fds[1]); }
  void send() const { REQUIRE(write(fds[1], "x", 1) == 1); }
  void read_one() const {
    char c = 0;
    REQUIRE(read(fds[0], &c, 1) == 1);
  }
  int near() const { return fds[0]; }

  static void end(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  std::array<int, 2> fds{-1, -1};
};

// Counts what becomes of a posted (function, void*).
struct Outcomes {
  int ok = 0, cancelled = 0;
  static void task(void* of, hearth_status status) {
    auto& outcomes = *static_cast<Outcomes*>(of);
    ++(status == HEARTH_OK ? outcomes.ok : outcomes.cancelled);
  }
};

}  // namespace

TEST_CASE_METHOD(Looped, "functions posted from one thread run in the order of posting") {
  std::vector<int> ran;
  std::thread poster([&] {
    for (int i = 0; i < 10'000; ++i) loop.post([&ran, i] { ran.push_back(i); });
    loop.post([this] { quit(); });
  });
  CHECK(run());
  poster.join();
  REQUIRE(ran.size() == 10'000);
  CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE_METHOD(Looped, "functions posted from several threads all run, each thread's in its order") {
  constexpr int kThreads = 4, kEach = 5'000;
  std::vector<std::vector<int>> ran(kThreads);
  int left = kThreads * kEach;
  std::vector<std::thread> posters;
  posters.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t)
    posters.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        loop.post([&, t, i] {
          ran[static_cast<std::size_t>(t)].push_back(i);
          if (--left == 0) quit();
        });
    });
  CHECK(run());
  for (auto& poster : posters) poster.join();
  for (const auto& of_thread : ran) CHECK(std::is_sorted(of_thread.begin(), of_thread.end()));
}

TEST_CASE_METHOD(Looped, "a function posted by a posted function runs too") {
  loop.post([this] { loop.post([this] { quit(); }); });
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "only the thread that runs the loop is its current one") {
  bool inside = false, elsewhere = true;
  loop.post([&] {
    inside = loop.is_current();
    std::thread([&] { elsewhere = loop.is_current(); }).join();
    quit();
  });
  CHECK(run());
  CHECK(inside);
  CHECK_FALSE(elsewhere);
}

TEST_CASE_METHOD(Looped, "quit from another thread ends a sleeping loop") {
  std::thread ender;
  after(0, [&] { ender = std::thread([this] { quit(); }); });
  CHECK(run());
  ender.join();
}

TEST_CASE_METHOD(Looped, "what is posted and not yet run when posting is closed is cancelled, each once") {
  Outcomes before, after_it, late;
  loop.post(Outcomes::task, &before);
  loop.post([this] { loop.close_posts(); });
  loop.post(Outcomes::task, &after_it);  // in the same batch as the one that closes
  loop.post([this, &late] {
    FAIL("ran after closing");
    loop.post(Outcomes::task, &late);
  });
  this->after(1'000, [this] { quit(); });
  CHECK(run());
  CHECK(before.ok == 1);
  CHECK(after_it.ok == 0);
  CHECK(after_it.cancelled == 1);
  CHECK(loop.post(Outcomes::task, &late) == HEARTH_STALE);
  CHECK(late.ok + late.cancelled == 0);
}

TEST_CASE_METHOD(Looped, "a watched descriptor is reported as long as it is readable") {
  const Pair pair;
  int reports = 0;
  watch(pair.near(), HEARTH_READABLE, [&](std::uint32_t events) {
    CHECK(events == HEARTH_READABLE);
    if (++reports == 3) quit();  // nobody reads
  });
  pair.send();
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "a rewatched descriptor is reported for the new events only") {
  const Pair pair;
  pair.send();
  hearth_handle handle = 0;
  std::vector<std::uint32_t> seen;
  handle = watch(pair.near(), HEARTH_READABLE, [&](std::uint32_t events) {
    seen.push_back(events);
    if (seen.size() == 2) return quit();
    CHECK(loop.rewatch(handle, HEARTH_WRITABLE) == HEARTH_OK);
  });
  CHECK(run());
  CHECK(seen == std::vector<std::uint32_t>{HEARTH_READABLE, HEARTH_WRITABLE});
}

TEST_CASE_METHOD(Looped, "the far end's closing is a hangup, asked for or not") {
  Pair pair;
  std::uint32_t seen = 0;
  const auto handle = watch(pair.near(), 0, [&](std::uint32_t events) {
    seen = events;
    quit();
  });
  pair.close_far();
  CHECK(run());
  CHECK((seen & HEARTH_HANGUP) != 0);
  CHECK(loop.cancel(handle));
}

TEST_CASE_METHOD(Looped, "a watch cancelled in its own callback isn't called again") {
  const Pair pair;
  pair.send();
  int reports = 0;
  hearth_handle handle = 0;
  handle = watch(pair.near(), HEARTH_READABLE, [&](std::uint32_t) {
    ++reports;
    CHECK(loop.cancel(handle));
    CHECK_FALSE(loop.cancel(handle));
    after(1'000, [this] { quit(); });
  });
  CHECK(run());
  CHECK(reports == 1);
  CHECK(loop.rewatch(handle, HEARTH_READABLE) == HEARTH_STALE);
}

TEST_CASE_METHOD(Looped, "of two watches that are ready at once the first may cancel the second") {
  const Pair one, other;
  one.send();
  other.send();
  int reports = 0;
  std::array<hearth_handle, 2> handles{};
  const auto first_cancels_all = [&](std::uint32_t) {
    ++reports;
    for (const auto handle : handles) loop.cancel(handle);
    after(1'000, [this] { quit(); });
  };
  handles[0] = watch(one.near(), HEARTH_READABLE, first_cancels_all);
  handles[1] = watch(other.near(), HEARTH_READABLE, first_cancels_all);
  CHECK(run());
  CHECK(reports == 1);
}

TEST_CASE_METHOD(Looped, "a descriptor can be watched again after cancelling, under another handle") {
  const Pair pair;
  const auto first = watch(pair.near(), HEARTH_READABLE, [](std::uint32_t) { FAIL("cancelled"); });
  CHECK(loop.cancel(first));
  const auto second = watch(pair.near(), HEARTH_READABLE, [&](std::uint32_t) {
    pair.read_one();
    quit();
  });
  CHECK(second != first);
  pair.send();
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "what is no descriptor, or watched already, can't be watched") {
  hearth_handle handle = 0;
  const auto nothing = [](void*, std::uint32_t) {};
  CHECK(loop.watch(-1, HEARTH_READABLE, nothing, nullptr, &handle) == HEARTH_INVALID);
  const Pair pair;
  CHECK(loop.watch(pair.near(), HEARTH_READABLE, nothing, nullptr, &handle) == HEARTH_OK);
  CHECK(loop.watch(pair.near(), HEARTH_READABLE, nothing, nullptr, &handle) == HEARTH_INVALID);
}

TEST_CASE_METHOD(Looped, "clear ends every watch and timer") {
  const Pair pair;
  pair.send();
  watch(pair.near(), HEARTH_READABLE, [](std::uint32_t) { FAIL("cleared"); });
  after(0, [] { FAIL("cleared"); });
  loop.clear();
  after(2'000, [this] { quit(); });
  CHECK(run());
}

TEST_CASE_METHOD(Looped, "a source is emptied in portions, with posted functions in between") {
  struct Source : LoopSource {
    bool drain() override {
      if (left == 0) return false;
      --left;
      return true;
    }
    bool try_sleep() override { return left == 0; }
    int left = 100;
  } source;
  int left_when_posted = 0;
  loop.post([&] { left_when_posted = source.left; });
  loop.post([&] { after(1'000, [this] { quit(); }); });
  loop.add_source(source);
  CHECK(run());
  CHECK(source.left == 0);
  CHECK(left_when_posted == 99);
}

TEST_CASE_METHOD(Looped, "a loop with nothing to do is not busy, one in a callback is") {
  std::int64_t inside = 0;
  loop.post([&] {
    inside = loop.busy_since_us();
    quit();
  });
  CHECK(loop.busy_since_us() == 0);
  CHECK(run());
  CHECK(inside > 0);
  CHECK(loop.busy_since_us() == 0);
}

TEST_CASE_METHOD(Looped, "the longest callback's time is kept") {
  loop.post([&] {
    const auto until = steady_now_us() + 20'000;
    while (steady_now_us() < until) {
    }
    quit();
  });
  CHECK(run());
  CHECK(loop.longest_us() >= 20'000);
}

TEST_CASE_METHOD(Looped, "a loop that nobody looks at says so when it wakes, each time") {
  std::atomic<int> told{0};
  std::atomic<bool> in_callback{false}, go_on{false};
  loop.on_waking([&] { ++told; });
  std::thread runner([this] { loop.run(); });
  // Until it sleeps and hasn't told meanwhile; how often it had told.
  const auto look_away = [&] {
    while (true) {
      const int before = told;
      if (loop.look_away() && told == before) return before;
      std::this_thread::yield();
    }
  };
  for (int i = 0; i < 1000; ++i) {
    const int before = look_away();
    loop.post([] {});
    while (told == before) std::this_thread::yield();
  }
  look_away();
  loop.post([&] {
    in_callback = true;
    while (!go_on) std::this_thread::yield();
  });
  while (!in_callback) std::this_thread::yield();
  CHECK_FALSE(loop.look_away());
  go_on = true;
  loop.quit();
  runner.join();
}
