// Facts: what is believed, who hears it, and what a new listener is told first.
#include <algorithm>
#include <limits>

#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

struct Scene : DrivenStage {
  Scene() {
    driver.publish(lamp("sim:a"));
    house.settle();
  }
};

}  // namespace

TEST_CASE("a listener gets what is true first, marked, and then each change once") {
  Scene s;
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  s.driver.publish(StateChanged{"sim:a", "brightness", std::int64_t{10}});
  s.house.settle();
  s.client.subscribe<StateChanged>();
  s.driver.publish(StateChanged{"sim:a", "on_off", false});
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 3);
  CHECK((heard[0].flags & HEARTH_RETAINED) != 0);
  CHECK((heard[1].flags & HEARTH_RETAINED) != 0);
  CHECK((heard[2].flags & HEARTH_RETAINED) == 0);
  CHECK(body_of<StateChanged>(heard[2]).value == Value(false));
}

TEST_CASE("after unsubscribing nothing is heard any more") {
  Scene s;
  const auto subscription = s.client.subscribe<StateChanged>();
  s.client.unsubscribe(subscription);
  s.house.settle();
  s.driver.publish(StateChanged{"sim:a", "on_off", false});
  CHECK(s.client.read().empty());
}

TEST_CASE("a state of somebody else's device, of an unknown capability, or out of range is not believed") {
  Scene s;
  FakePlugin stranger(s.house, "stranger");
  s.client.subscribe<StateChanged>();
  stranger.publish(StateChanged{"sim:a", "on_off", true});
  s.driver.publish(StateChanged{"sim:none", "on_off", true});
  s.driver.publish(StateChanged{"sim:a", "color", Color{}});
  s.driver.publish(StateChanged{"sim:a", "brightness", std::int64_t{101}});
  s.driver.publish(StateChanged{"sim:a", "on_off", std::string("yes")});
  CHECK(s.client.read().empty());
}

TEST_CASE("a state is converted to the capability's type, and stays the same message") {
  Scene s;
  s.client.subscribe<StateChanged>();
  const auto id = s.driver.publish(StateChanged{"sim:a", "brightness", 40.0}, 99);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 1);
  CHECK(body_of<StateChanged>(heard[0]).value == Value(std::int64_t{40}));
  CHECK(heard[0].id == id);
  CHECK(heard[0].cause == 99);
  CHECK(heard[0].source == s.driver.line.source());
}

TEST_CASE("what a plugin hides beside a state is not kept") {
  Scene s;
  Builder builder(1024);
  const auto ballast = builder.CreateVector(std::vector<std::uint8_t>(100'000, 7));
  (void)ballast;
  builder.Finish(MessageTraits<StateChanged>::pack(builder, StateChanged{"sim:a", "on_off", true}));
  s.client.subscribe<StateChanged>();
  s.driver.send(MessageKind::kPublish, kType<StateChanged>, {builder.GetBufferPointer(), builder.GetSize()},
                0);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].body.size() < 1024);
}

TEST_CASE(
    "a capability that is declared anew with another type or range loses the state that it can't have") {
  Scene s;
  s.driver.publish(StateChanged{"sim:a", "brightness", std::int64_t{90}});
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  auto narrowed = lamp("sim:a");
  narrowed.capabilities[1].range(0, 50);
  s.driver.publish(narrowed);
  s.house.settle();
  s.client.subscribe<StateChanged>();
  const auto present = s.client.read_all<StateChanged>();
  REQUIRE(present.size() == 1);
  CHECK(present[0].capability == "on_off");
}

TEST_CASE("facts that only home may state are not passed on, nor are requests that are published") {
  Scene s;
  FakePlugin ear(s.house, "ear", {}, "", true);
  ear.listen(Bus::kEveryType);
  ear.read();
  s.driver.publish(CommandDone{"sim:a", "on_off", Outcome::kOk, ""});
  s.driver.publish(GroupDefined{1, "Mine", {}});
  s.driver.publish(PluginState{"sim", "1", "driver", "running", ""});
  s.driver.publish(Command{"sim:a", "on_off", true});
  CHECK(ear.read().empty());
}

TEST_CASE("only the server may listen to every type") {
  Scene s;
  s.client.listen(Bus::kEveryType);
  s.driver.publish(StateChanged{"sim:a", "on_off", true});
  CHECK(s.client.read().empty());
}

TEST_CASE("a subject's status is a standing fact, and is off when its plugin goes") {
  Scene s;
  s.driver.publish(StatusChanged{"interlock", StatusClass::kSuccess, 7, "fine"});
  s.house.settle();
  s.client.subscribe<StatusChanged>();
  REQUIRE(s.client.read_all<StatusChanged>().size() == 1);
  s.driver.stop("it crashed");
  const auto told = s.client.read_all<StatusChanged>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].status == StatusClass::kOff);
  FakePlugin later(s.house, "later");
  later.subscribe<StatusChanged>();
  CHECK(later.read().empty());
}

TEST_CASE("a plugin can't fill the house with subjects, notes or subscriptions") {
  Scene s;
  s.client.subscribe<StatusChanged>();
  s.client.subscribe<PluginNote>();
  for (int i = 0; i < 200; ++i) {
    s.driver.publish(StatusChanged{"subject" + std::to_string(i), StatusClass::kSetup, 0, ""});
    s.driver.publish(PluginNote{"", "note" + std::to_string(i), "x"});
  }
  s.house.settle();
  const auto heard = s.client.read();
  const auto count = [&](hearth_type type) {
    return std::count_if(heard.begin(), heard.end(), [&](const Message& m) { return m.type == type; });
  };
  CHECK(count(kType<StatusChanged>) == Endpoint::kMaxStatuses);
  CHECK(count(kType<PluginNote>) == Endpoint::kMaxNotes);
  s.driver.publish(PluginNote{"", "note0", "changed"});
  const auto changed = s.client.read_all<PluginNote>();
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].value == "changed");
  CHECK(changed[0].plugin == "sim");
  FakePlugin greedy(s.house, "greedy");
  for (std::size_t i = 0; i < Endpoint::kMaxOfType + 100; ++i) greedy.listen(type_hash("vendor.Event"));
  greedy.read();
  s.driver.send(MessageKind::kPublish, type_hash("vendor.Event"), {}, 0);
  CHECK(greedy.read().size() == Endpoint::kMaxOfType);
  for (std::size_t i = 0; i < 2 * Endpoint::kMaxSubscriptions; ++i)
    greedy.listen(type_hash("vendor.Event" + std::to_string(i)));
  s.house.settle();
  CHECK(greedy.line.subscriptions.size() == Endpoint::kMaxSubscriptions);
}

TEST_CASE("an id of another source, and flags that a plugin set itself, are not believed") {
  Scene s;
  Message forged;
  forged.id = message_id(s.client.line.source(), 1);
  forged.type = type_hash("vendor.Event");
  CHECK(s.driver.line.send(forged) == HEARTH_INVALID);
  s.client.listen(type_hash("vendor.Event"));
  forged.id = message_id(s.driver.line.source(), 1'000'000);
  forged.source = s.client.line.source();
  forged.flags = HEARTH_RETAINED;
  forged.fact = 4711;
  CHECK(s.driver.line.send(forged) == HEARTH_OK);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].source == s.driver.line.source());
  CHECK(heard[0].flags == 0);
  CHECK(heard[0].fact == 0);
}

TEST_CASE("a plugin that only sends is told to stop before memory ends") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim");
  hearth_status status = HEARTH_OK;
  std::size_t taken = 0;
  house.while_busy([&] {
    while (status == HEARTH_OK && taken < 10 * Endpoint::kMost) {
      Message m;
      m.id = message_id(driver.line.source(), ++taken);
      m.kind = MessageKind::kSubscribe;
      m.type = taken;
      m.handle = taken;
      status = driver.line.send(m);
    }
  });
  CHECK(status == HEARTH_BUSY);
  CHECK(taken <= Endpoint::kMost + 1);
}

TEST_CASE("a state from the future is of now") {
  Scene s;
  s.client.subscribe<StateChanged>();
  Builder builder(64);
  Message m;
  m.id = message_id(s.driver.line.source(), 1'000'000);
  m.type = kType<StateChanged>;
  m.time_us = std::numeric_limits<std::int64_t>::max();
  m.body = Body(encode(builder, StateChanged{"sim:a", "on_off", true}));
  s.driver.line.send(m);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].time_us <= wall_now_us());
}
