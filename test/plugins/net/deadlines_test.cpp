// Many deadlines on one timer.
#include <catch2/catch.hpp>

#include "loop_thread.hpp"

using namespace std::chrono_literals;
using hearth::net::Deadline;
using hearth::test::eventually;
using hearth::test::LoopThread;

TEST_CASE("deadlines pass in the order of their times, whatever the order of setting") {
  LoopThread thread;
  std::string passed;
  std::atomic<int> count{0};
  std::unique_ptr<Deadline> late, early;
  thread.on_loop([&] {
    late = std::make_unique<Deadline>(thread.io().deadlines, [&] { passed += "late", ++count; });
    early = std::make_unique<Deadline>(thread.io().deadlines, [&] { passed += "early ", ++count; });
    late->set(200ms);
    early->set(40ms);
  });
  CHECK(eventually([&] { return count == 2; }));
  thread.on_loop([&] { late.reset(), early.reset(); });
  CHECK(passed == "early late");
}

TEST_CASE("a deadline that is cleared, moved or destroyed doesn't pass") {
  LoopThread thread;
  std::atomic<int> wrong{0};
  std::atomic<bool> moved_passed{false};
  std::vector<std::unique_ptr<Deadline>> deadlines;
  thread.on_loop([&] {
    auto& all = thread.io().deadlines;
    for (int i = 0; i < 2; ++i) {
      deadlines.push_back(std::make_unique<Deadline>(all, [&] { ++wrong; }));
      deadlines.back()->set(30ms);
    }
    deadlines[0]->clear();
    deadlines.erase(deadlines.begin() + 1);
    deadlines.push_back(std::make_unique<Deadline>(all, [&] { moved_passed = true; }));
    deadlines.back()->set(30ms);
    deadlines.back()->set(120ms);
  });
  CHECK(eventually([&] { return moved_passed.load(); }));
  CHECK(wrong == 0);
  thread.on_loop([&] { deadlines.clear(); });
}

TEST_CASE("a deadline may destroy itself and its neighbours while it passes") {
  LoopThread thread;
  std::atomic<int> passed{0};
  std::vector<std::unique_ptr<Deadline>> deadlines;
  thread.on_loop([&] {
    for (int i = 0; i < 10; ++i) {
      deadlines.push_back(
          std::make_unique<Deadline>(thread.io().deadlines, [&] { ++passed, deadlines.clear(); }));
      deadlines.back()->set(20ms);
    }
  });
  CHECK(eventually([&] { return passed == 1; }));
  thread.on_loop([&] { CHECK(deadlines.empty()); });
}
