// Workers: order within a key, parallel work across keys, and stopping.
#include "core/runtime/workers.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <vector>

#include "test/core/runtime/looped.hpp"

using namespace hearth::core;
using hearth::core::test::Looped;

namespace {

// A door that workers wait at.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // Until that many have come to it.
  bool wait_for(int visitors) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_ >= visitors; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

struct Job {
  std::function<void()> run;
  std::function<void(hearth_status)> done;
};

struct Fixture : Looped {
  explicit Fixture(std::size_t threads = 4) : workers(loop, threads) {}

  hearth_status submit(std::uint64_t key, std::function<void()> run_it,
                       std::function<void(hearth_status)> done) {
    jobs.push_back({std::move(run_it), std::move(done)});
    return workers.submit(
        key, [](void* of) { static_cast<Job*>(of)->run(); },
        [](void* of, hearth_status status) { static_cast<Job*>(of)->done(status); }, &jobs.back());
  }
  // Runs the loop until the workers are back.
  bool stop_and_run() {
    loop.post([this] { workers.stop([this] { quit(); }); });
    return run();
  }

  std::deque<Job> jobs;
  Workers workers;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a job runs on another thread and its end comes on the loop") {
  std::thread::id worker;
  bool on_loop = false;
  submit(
      0, [&] { worker = std::this_thread::get_id(); },
      [&](hearth_status status) {
        CHECK(status == HEARTH_OK);
        on_loop = loop.is_current();
        quit();
      });
  CHECK(run());
  CHECK(on_loop);
  CHECK(worker != std::this_thread::get_id());
}

TEST_CASE_METHOD(Fixture, "jobs with one key run one at a time and in order, and end in order") {
  constexpr int kJobs = 500;
  std::vector<int> ran, ended;  // no lock: the key is the lock, and the sanitizer would object
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  for (int i = 0; i < kJobs; ++i) {
    submit(
        7,
        [&, i] {
          if (inside.fetch_add(1) != 0) overlapped = true;
          ran.push_back(i);
          inside.fetch_sub(1);
        },
        [&, i](hearth_status) {
          ended.push_back(i);
          if (i == kJobs - 1) quit();
        });
  }
  CHECK(run());
  CHECK_FALSE(overlapped);
  CHECK(std::is_sorted(ran.begin(), ran.end()));
  CHECK(ran.size() == kJobs);
  CHECK(ended == ran);
}

TEST_CASE_METHOD(Fixture, "jobs of different keys run at the same time, as many as there are threads") {
  Gate gate;
  int left = 4;
  for (std::uint64_t key = 1; key <= 4; ++key)
    submit(
        key, [&] { gate.pass(); },
        [&](hearth_status) {
          if (--left == 0) quit();
        });
  CHECK(gate.wait_for(4));
  gate.open();
  CHECK(run());
}

TEST_CASE_METHOD(Fixture, "a blocked key holds up nobody else's jobs") {
  Gate gate;
  submit(
      1, [&] { gate.pass(); }, [](hearth_status) {});
  for (int i = 0; i < 20; ++i)
    submit(
        1, [] {}, [](hearth_status) {});
  submit(
      2, [] {},
      [&](hearth_status) {
        gate.open();
        workers.stop([this] { quit(); });
      });
  CHECK(run());
}

TEST_CASE_METHOD(Fixture, "no more threads than allowed are started") {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  int left = 200;
  for (std::uint64_t i = 0; i < 200; ++i)
    submit(
        0,
        [&] {
          const std::lock_guard lock(mutex);
          threads.insert(std::this_thread::get_id());
        },
        [&](hearth_status) {
          if (--left == 0) quit();
        });
  CHECK(run());
  CHECK(threads.size() <= 4);
}

TEST_CASE_METHOD(Fixture,
                 "stop cancels what hasn't begun, lets finish what runs, and says when all are back") {
  Gate gate;
  std::vector<hearth_status> first, waiting;
  bool unbegun_ran = false;
  for (std::uint64_t key = 1; key <= 4; ++key)
    submit(
        key, [&] { gate.pass(); }, [&](hearth_status s) { first.push_back(s); });
  REQUIRE(gate.wait_for(4));
  for (std::uint64_t i = 0; i < 10; ++i)
    submit(
        i % 2 == 0 ? 1 : 0, [&] { unbegun_ran = true; }, [&](hearth_status s) { waiting.push_back(s); });
  bool idle = false;
  loop.post([&] {
    workers.stop([&] {
      idle = true;
      CHECK(first.size() == 4);
      quit();
    });
    CHECK(waiting.size() == 10);
    CHECK_FALSE(idle);
    gate.open();
  });
  CHECK(run());
  CHECK(idle);
  CHECK_FALSE(unbegun_ran);
  CHECK(std::count(first.begin(), first.end(), HEARTH_OK) == 4);
  CHECK(std::count(waiting.begin(), waiting.end(), HEARTH_CANCELLED) == 10);
}

TEST_CASE_METHOD(Fixture, "on_idle comes after the end of every job") {
  int left = 50;
  for (std::uint64_t i = 0; i < 50; ++i)
    submit(
        i, [] {}, [&](hearth_status) { --left; });
  loop.post([this, &left] {
    workers.stop([this, &left] {
      CHECK(left == 0);
      quit();
    });
  });
  CHECK(run());
}

TEST_CASE_METHOD(Fixture, "workers that never had a job stop too") { CHECK(stop_and_run()); }

TEST_CASE_METHOD(Fixture, "a job is refused as cancelled once the workers are stopping") {
  CHECK(stop_and_run());
  CHECK(submit(
            1, [] { FAIL("ran"); }, [](hearth_status) { FAIL("ended"); }) == HEARTH_CANCELLED);
}

TEST_CASE_METHOD(Fixture, "a full queue of jobs is busy, and takes jobs again when it has emptied") {
  Gate gate;
  hearth_status last = HEARTH_OK;
  std::size_t taken = 0, ended = 0;
  for (; taken < 2 * Workers::kMaxQueued; ++taken) {
    last = submit(
        taken % 3 + 1, [&] { gate.pass(); },
        [&](hearth_status) {
          if (++ended == taken) quit();
        });
    if (last != HEARTH_OK) break;
  }
  CHECK(last == HEARTH_BUSY);
  CHECK(taken >= Workers::kMaxQueued);
  CHECK(taken <= Workers::kMaxQueued + 4);
  gate.open();
  CHECK(run());
  CHECK(submit(
            1, [] {}, [](hearth_status) {}) == HEARTH_OK);
}
