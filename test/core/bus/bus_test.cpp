// Bus: who gets what, in which order, and what may happen while it is delivered.
#include "core/bus/bus.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "test/core/bus/messages.hpp"

using namespace hearth::core;
using hearth::core::test::event;
using hearth::core::test::kSomeType;

namespace {

constexpr hearth_type kOtherType = hearth::type_hash("test.Other");

using Delivery = std::pair<const Sink*, std::uint64_t>;  // to whom, for which subscription

class Listener : public Sink {
 public:
  explicit Listener(std::vector<Delivery>& deliveries) : deliveries_(deliveries) {}
  void deliver(const Message&, std::uint64_t subscription) noexcept override {
    deliveries_.emplace_back(this, subscription);
    if (then) then();
  }
  std::function<void()> then;

 private:
  std::vector<Delivery>& deliveries_;
};

struct Fixture {
  Bus bus;
  std::vector<Delivery> got;
  Listener a{got}, b{got}, c{got};

  void publish(hearth_type type = kSomeType) {
    Message m = event(1);
    m.type = type;
    bus.publish(m);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a message goes to the subscribers of its type and to nobody else") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kOtherType, b, 2);
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}});
}

TEST_CASE_METHOD(Fixture, "subscribers are served in the order of subscribing, those of every type last") {
  bus.subscribe(Bus::kEveryType, c, 3);
  bus.subscribe(kSomeType, b, 2);
  bus.subscribe(kSomeType, a, 1);
  publish();
  CHECK(got == std::vector<Delivery>{{&b, 2}, {&a, 1}, {&c, 3}});
}

TEST_CASE_METHOD(Fixture, "a sink with two subscriptions gets the message twice") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, a, 2);
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}, {&a, 2}});
}

TEST_CASE_METHOD(Fixture, "subscribers of every type get messages that nobody subscribed to by type") {
  bus.subscribe(Bus::kEveryType, a, 1);
  publish(kOtherType);
  publish(kSomeType);
  CHECK(got.size() == 2);
}

TEST_CASE_METHOD(Fixture, "unsubscribing ends that subscription only") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, a, 2);
  bus.subscribe(kSomeType, b, 1);
  CHECK(bus.unsubscribe(kSomeType, a, 1));
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 2}, {&b, 1}});
}

TEST_CASE_METHOD(Fixture, "an unknown subscription can't be ended") {
  bus.subscribe(kSomeType, a, 1);
  CHECK_FALSE(bus.unsubscribe(kSomeType, a, 2));
  CHECK_FALSE(bus.unsubscribe(kSomeType, b, 1));
  CHECK(bus.unsubscribe(kSomeType, a, 1));
  CHECK_FALSE(bus.unsubscribe(kSomeType, a, 1));
}

TEST_CASE_METHOD(Fixture, "removing a sink ends all its subscriptions") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kOtherType, a, 2);
  bus.subscribe(Bus::kEveryType, a, 3);
  bus.subscribe(kSomeType, b, 4);
  bus.remove(a);
  publish(kSomeType);
  publish(kOtherType);
  CHECK(got == std::vector<Delivery>{{&b, 4}});
}

TEST_CASE_METHOD(Fixture, "a sink may end its own subscription while it is delivered to") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, b, 2);
  a.then = [&] { bus.unsubscribe(kSomeType, a, 1); };
  publish();
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}, {&b, 2}, {&b, 2}});
  CHECK(bus.subscribers(kSomeType) == 1);
}

TEST_CASE_METHOD(Fixture, "a subscription that is ended during a delivery is not served by it any more") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, b, 2);
  bus.subscribe(Bus::kEveryType, c, 3);
  a.then = [&] {
    bus.unsubscribe(kSomeType, b, 2);
    bus.remove(c);
  };
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}});
}

TEST_CASE_METHOD(Fixture, "whoever subscribes during a delivery gets the next message, not this one") {
  bus.subscribe(kSomeType, a, 1);
  a.then = [&] {
    a.then = {};
    for (std::uint64_t i = 2; i < 200; ++i) bus.subscribe(kSomeType, b, i);  // the list moves in memory
  };
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}});
  publish();
  CHECK(got.size() == 200);
}

TEST_CASE_METHOD(Fixture,
                 "new types may be subscribed to during a delivery, as many as make the table grow") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, b, 2);
  a.then = [&] {
    for (hearth_type type = 1; type < 500; ++type) bus.subscribe(type, c, type);
  };
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}, {&b, 2}});
  a.then = {};
  got.clear();
  for (hearth_type type = 1; type < 500; ++type) publish(type);
  CHECK(got.size() == 499);
  CHECK(got.back() == Delivery{&c, 499});
}

TEST_CASE_METHOD(Fixture, "a sink may publish while it is delivered to, and end subscriptions in there") {
  bus.subscribe(kSomeType, a, 1);
  bus.subscribe(kSomeType, b, 2);
  bus.subscribe(kOtherType, c, 3);
  a.then = [&] { publish(kOtherType); };
  c.then = [&] { bus.unsubscribe(kSomeType, b, 2); };
  publish();
  CHECK(got == std::vector<Delivery>{{&a, 1}, {&c, 3}});
  CHECK(bus.subscribers(kSomeType) == 1);
}

TEST_CASE_METHOD(Fixture, "types that fall on the same place of the table are told apart") {
  const hearth_type one = 64, two = 128, three = 192;
  bus.subscribe(one, a, 1);
  bus.subscribe(two, b, 2);
  publish(two);
  publish(three);
  CHECK(got == std::vector<Delivery>{{&b, 2}});
}
