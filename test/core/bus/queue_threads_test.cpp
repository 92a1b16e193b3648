// Queue between threads: nothing is lost or woken in vain.
#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/bus/queue.hpp"
#include "test/core/bus/messages.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

// A taker as a loop is one: sleeps when there is nothing, until it is woken.
class Taker {
 public:
  explicit Taker(std::size_t capacity) : queue(capacity, [this] { wake(); }) {}

  // Empties the queue until `enough(messages so far)`.
  template <class Enough>
  void run(Enough enough) {
    std::vector<Message> batch;
    while (!enough(taken)) {
      batch.clear();
      if (queue.take(batch)) {
        taken.insert(taken.end(), batch.begin(), batch.end());
      } else if (queue.try_sleep()) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return woken_; });
        woken_ = false;
      }
    }
  }

  Queue queue;
  std::vector<Message> taken;

 private:
  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

}  // namespace

TEST_CASE("each of four pushers' messages arrive complete and in its own order") {
  constexpr std::uint64_t kEach = 20'000;
  Taker taker(1'000'000);
  std::vector<std::thread> pushers;
  for (std::uint32_t source = 1; source <= 4; ++source) {
    pushers.emplace_back([&taker, source] {
      for (std::uint64_t i = 0; i < kEach; ++i) taker.queue.push(event(message_id(source, i)));
    });
  }
  taker.run([](const auto& taken) { return taken.size() >= 4 * kEach; });
  for (auto& pusher : pushers) pusher.join();

  std::vector<std::uint64_t> next(5);
  for (const auto& m : taker.taken) REQUIRE(m.id == message_id(m.id >> 40, next[m.id >> 40]++));
  CHECK(taker.taken.size() == 4 * kEach);
  CHECK(taker.queue.counters().dropped == 0);
}

TEST_CASE("a taker that is overrun still ends with the newest value of each fact") {
  constexpr std::uint64_t kRounds = 2'000, kSubjects = 20;
  Taker taker(16);
  std::thread pusher([&taker] {
    for (std::uint64_t round = 1; round <= kRounds; ++round)
      for (std::uint64_t s = 0; s < kSubjects; ++s) {
        taker.queue.push(fact(round, std::to_string(s)));
        taker.queue.push(event(0));
      }
    taker.queue.push(message(MessageKind::kAnswer, 99));
  });
  taker.run([](const auto& taken) { return !taken.empty() && taken.back().kind == MessageKind::kAnswer; });
  pusher.join();

  std::vector<std::uint64_t> newest(kSubjects);
  for (const auto& m : taker.taken)
    if (m.fact != 0) newest[std::stoul(std::string(m.body.text()))] = m.id;
  CHECK(std::all_of(newest.begin(), newest.end(), [](auto id) { return id == kRounds; }));
}

TEST_CASE("every event is either taken or counted") {
  constexpr std::uint64_t kEvents = 100'000;
  Taker taker(64);
  std::thread pusher([&taker] {
    for (std::uint64_t i = 1; i <= kEvents; ++i) taker.queue.push(event(i));
    taker.queue.push(message(MessageKind::kAnswer, 0));
  });
  taker.run([](const auto& taken) { return !taken.empty() && taken.back().kind == MessageKind::kAnswer; });
  pusher.join();
  const auto arrived = std::count_if(taker.taken.begin(), taker.taken.end(), [](const auto& m) {
    return m.kind == MessageKind::kPublish && m.type != 0;
  });
  CHECK(static_cast<std::uint64_t>(arrived) + taker.queue.counters().dropped == kEvents);
}
