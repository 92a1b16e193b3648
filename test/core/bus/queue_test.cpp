// Queue: what gives way when it is full, what never does, and that all of it is counted.
#include "core/bus/queue.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "test/core/bus/messages.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

constexpr std::size_t kCapacity = 8;

struct Fixture {
  int wakes = 0;
  Queue queue{kCapacity, [this] { ++wakes; }};

  // Ids of everything queued but the places of dropped events, which a taker skips.
  std::vector<std::uint64_t> taken() {
    std::vector<Message> batch;
    queue.take(batch);
    std::vector<std::uint64_t> ids;
    for (const auto& m : batch)
      if (m.type != 0 || m.kind != MessageKind::kPublish) ids.push_back(m.id);
    return ids;
  }
  void fill_with_facts() {
    for (std::uint64_t i = 0; i < kCapacity; ++i) queue.push(fact(i + 1, "fact " + std::to_string(i)));
  }
};

using Ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE_METHOD(Fixture, "messages come out in the order of going in") {
  for (const std::uint64_t id : {3, 1, 2}) CHECK(queue.push(event(id)) == HEARTH_OK);
  CHECK(queue.size() == 3);
  CHECK(taken() == Ids{3, 1, 2});
  CHECK(queue.size() == 0);
}

TEST_CASE_METHOD(Fixture, "nothing is taken from an empty queue") {
  std::vector<Message> batch;
  CHECK_FALSE(queue.take(batch));
  queue.push(event(1));
  CHECK(queue.take(batch));
  batch.clear();
  CHECK_FALSE(queue.take(batch));
}

TEST_CASE_METHOD(Fixture, "what is staged goes out together, after what was pushed, and wakes once") {
  CHECK(queue.try_sleep());
  CHECK(queue.stage(event(1), 11));
  CHECK_FALSE(queue.stage(event(2), 12));
  CHECK(queue.size() == 0);
  CHECK(wakes == 0);
  queue.flush();
  CHECK(wakes == 1);
  queue.push(event(3));
  queue.stage(event(4), 14);
  queue.flush();
  CHECK(wakes == 1);
  std::vector<Message> batch;
  CHECK(queue.take(batch));
  Ids handles(batch.size());
  std::transform(batch.begin(), batch.end(), handles.begin(), [](const Message& m) { return m.handle; });
  CHECK(handles == Ids{11, 12, 0, 14});
  CHECK(queue.stage(event(5), 15));
}

TEST_CASE_METHOD(Fixture, "what is staged obeys the bound like everything else") {
  for (std::uint64_t id = 1; id <= kCapacity + 3; ++id) queue.stage(event(id), 1);
  queue.flush();
  CHECK(taken() == Ids{4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(queue.counters().dropped == 3);
}

TEST_CASE_METHOD(Fixture, "who stages much in one turn doesn't keep it to itself") {
  CHECK(queue.try_sleep());
  for (std::uint64_t id = 1; id <= 1000; ++id) queue.stage(event(id), 1);
  CHECK(wakes == 1);
  CHECK(queue.size() > 0);
}

TEST_CASE_METHOD(Fixture, "nothing staged gets into a closed queue") {
  queue.stage(event(1), 1);
  queue.close();
  queue.flush();
  CHECK(queue.size() == 0);
  CHECK(queue.stage(event(2), 1));
}

TEST_CASE_METHOD(Fixture,
                 "an event that finds the queue full takes the place of the oldest one, which is counted") {
  for (std::uint64_t id = 1; id <= kCapacity + 3; ++id) CHECK(queue.push(event(id)) == HEARTH_OK);
  CHECK(taken() == Ids{4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(queue.counters().dropped == 3);
}

TEST_CASE_METHOD(Fixture, "a full queue keeps the newest of many events") {
  for (std::uint64_t id = 1; id <= 1000; ++id) queue.push(event(id));
  CHECK(taken() == Ids{993, 994, 995, 996, 997, 998, 999, 1000});
  CHECK(queue.counters().dropped == 1000 - kCapacity);
}

TEST_CASE_METHOD(Fixture, "facts do not coalesce while there is room: every change is seen") {
  queue.push(fact(1, "lamp"));
  queue.push(fact(2, "lamp"));
  CHECK(taken() == Ids{1, 2});
  CHECK(queue.counters().coalesced == 0);
}

TEST_CASE_METHOD(Fixture, "a fact that finds the queue full replaces the older one about the same") {
  fill_with_facts();
  CHECK(queue.push(fact(100, "fact 2")) == HEARTH_OK);
  CHECK(taken() == Ids{1, 2, 100, 4, 5, 6, 7, 8});
  CHECK(queue.counters().coalesced == 1);
  CHECK(queue.counters().dropped == 0);
}

TEST_CASE_METHOD(Fixture, "a fact that stands there twice is replaced at its newer place") {
  queue.push(fact(1, "lamp"));
  queue.push(event(2));
  queue.push(fact(3, "lamp"));
  for (std::uint64_t i = 0; i < kCapacity - 3; ++i) queue.push(fact(10 + i, std::to_string(i)));
  queue.push(fact(100, "lamp"));
  CHECK(taken() == Ids{1, 2, 100, 10, 11, 12, 13, 14});
}

TEST_CASE_METHOD(Fixture, "a fact about something new takes the oldest event's place") {
  queue.push(event(1));
  for (std::uint64_t i = 0; i < kCapacity - 1; ++i) queue.push(fact(10 + i, std::to_string(i)));
  queue.push(fact(100, "new"));
  CHECK(taken() == Ids{10, 11, 12, 13, 14, 15, 16, 100});
  CHECK(queue.counters().dropped == 1);
}

TEST_CASE_METHOD(Fixture, "no fact is ever lost, however many there are") {
  constexpr std::uint64_t kSubjects = 1000;
  for (std::uint64_t round = 0; round < 3; ++round)
    for (std::uint64_t i = 0; i < kSubjects; ++i) {
      queue.push(fact(round * kSubjects + i, std::to_string(i)));
      queue.push(event(1'000'000));
    }
  std::vector<Message> batch;
  queue.take(batch);
  std::vector<std::uint64_t> newest(kSubjects);
  for (const auto& m : batch)
    if (m.fact != 0) newest[std::stoul(std::string(m.body.text()))] = m.id;
  for (std::uint64_t i = 0; i < kSubjects; ++i) CHECK(newest[i] == 2 * kSubjects + i);
  CHECK(batch.size() < kSubjects + 3 * kCapacity);
}

TEST_CASE_METHOD(Fixture, "a new fact can be replaced in its turn, also after the queue was swept") {
  fill_with_facts();
  for (std::uint64_t i = 0; i < 50; ++i) {
    queue.push(event(1000 + i));
    queue.push(fact(100 + i, "late"));
  }
  const auto ids = taken();
  CHECK(std::count_if(ids.begin(), ids.end(), [](auto id) { return id >= 100 && id < 200; }) == 1);
  CHECK(std::count(ids.begin(), ids.end(), 149) == 1);
  CHECK(queue.counters().coalesced == 49);
}

TEST_CASE_METHOD(Fixture, "the same fact for two subscriptions stays two messages") {
  for (std::uint64_t handle = 1; handle <= kCapacity; ++handle) queue.push(fact(handle, "lamp", handle));
  queue.push(fact(100, "lamp", 3));
  CHECK(taken() == Ids{1, 2, 100, 4, 5, 6, 7, 8});
}

TEST_CASE_METHOD(Fixture, "a batch that was taken is forgotten: facts don't replace what is gone") {
  fill_with_facts();
  queue.push(fact(100, "fact 0"));
  taken();
  queue.push(fact(200, "fact 0"));
  CHECK(taken() == Ids{200});
}

TEST_CASE("large events give way before they fill the memory") {
  Queue queue(4096, [] {});
  const Body large(std::string(1 << 20, 'x'));
  const auto with_large = [&](Message m) {
    m.body = large;
    return m;
  };
  constexpr std::size_t kFit = Queue::kMostBytes >> 20;
  for (std::uint64_t id = 1; id <= kFit + 10; ++id) CHECK(queue.push(with_large(event(id))) == HEARTH_OK);
  CHECK(queue.counters().dropped == 10);
  CHECK(queue.push(request(1000)) == HEARTH_OK);  // a small one
  CHECK(queue.push(with_large(request(1001))) == HEARTH_BUSY);
  std::vector<Message> batch;
  CHECK(queue.take(batch));
  CHECK(queue.push(with_large(request(1002))) == HEARTH_OK);
}

TEST_CASE_METHOD(Fixture, "a request that finds the queue full is refused as busy and counted") {
  for (std::uint64_t id = 1; id <= kCapacity; ++id) queue.push(event(id));
  CHECK(queue.push(request(100)) == HEARTH_BUSY);
  CHECK(queue.counters().refused == 1);
  CHECK(taken().size() == kCapacity);
  CHECK(queue.push(request(100)) == HEARTH_OK);
}

TEST_CASE_METHOD(Fixture,
                 "answers, subscriptions and retained facts always fit, and nothing gives way to them") {
  fill_with_facts();
  CHECK(queue.push(message(MessageKind::kAnswer, 100)) == HEARTH_OK);
  CHECK(queue.push(message(MessageKind::kSubscribe, 101)) == HEARTH_OK);
  CHECK(queue.push(message(MessageKind::kUnsubscribe, 102)) == HEARTH_OK);
  CHECK(queue.push(retained(103, "fact 0")) == HEARTH_OK);
  CHECK(taken() == Ids{1, 2, 3, 4, 5, 6, 7, 8, 100, 101, 102, 103});
  CHECK(queue.counters().dropped == 0);
  CHECK(queue.counters().coalesced == 0);
}

TEST_CASE_METHOD(Fixture, "events never push out requests, answers or facts") {
  queue.push(request(1));
  queue.push(message(MessageKind::kAnswer, 2));
  queue.push(fact(3, "lamp"));
  queue.push(retained(4, "plug"));
  for (std::uint64_t id = 100; id < 200; ++id) queue.push(event(id));
  const auto ids = taken();
  CHECK(Ids(ids.begin(), ids.begin() + 4) == Ids{1, 2, 3, 4});
  CHECK(ids.back() == 199);
  CHECK(ids.size() == kCapacity);
}

TEST_CASE_METHOD(Fixture, "an event into a queue full of facts is the next to give way") {
  fill_with_facts();
  queue.push(event(100));
  queue.push(event(101));
  CHECK(taken() == Ids{1, 2, 3, 4, 5, 6, 7, 8, 101});
  CHECK(queue.counters().dropped == 1);
}

TEST_CASE("a queue of one place keeps the newest event") {
  Queue queue(1, [] {});
  for (std::uint64_t id = 1; id <= 100; ++id) queue.push(event(id));
  std::vector<Message> batch;
  queue.take(batch);
  CHECK(batch.back().id == 100);
  CHECK(queue.counters().dropped == 99);
}

TEST_CASE_METHOD(Fixture, "a closed queue takes nothing in, whatever it is") {
  queue.push(event(1));
  queue.close();
  CHECK(queue.push(event(2)) == HEARTH_STALE);
  CHECK(queue.push(request(3)) == HEARTH_STALE);
  CHECK(queue.push(message(MessageKind::kAnswer, 4)) == HEARTH_STALE);
  CHECK(taken() == Ids{1});
}

TEST_CASE_METHOD(Fixture, "only a sleeper is woken, and once") {
  queue.push(event(1));
  CHECK(wakes == 0);
  CHECK_FALSE(queue.try_sleep());
  taken();
  CHECK(queue.try_sleep());
  queue.push(event(2));
  queue.push(event(3));
  CHECK(wakes == 1);
}

TEST_CASE_METHOD(Fixture, "a message that isn't taken in wakes nobody") {
  CHECK(queue.try_sleep());
  queue.close();
  queue.push(event(1));
  CHECK(wakes == 0);
}

TEST_CASE("ten million events into a queue that nobody empties stay within twice its capacity") {
  constexpr std::size_t kPlaces = 1024;
  constexpr std::uint64_t kEvents = 10'000'000;
  Queue queue(kPlaces, [] {});
  const Body body("a body that is freed with its event");
  std::size_t most = 0;
  for (std::uint64_t id = 1; id <= kEvents; ++id) {
    Message m = event(id);
    m.body = body;
    queue.push(std::move(m));
    most = std::max(most, queue.size());
  }
  CHECK(most < 2 * kPlaces);
  CHECK(queue.counters().dropped == kEvents - kPlaces);
  std::vector<Message> batch;
  queue.take(batch);
  CHECK(batch.back().id == kEvents);
}
