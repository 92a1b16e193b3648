// Commands: one in flight, one pending, one outcome each, in the right order.
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
  std::uint64_t on(bool on, std::uint32_t deadline_ms = 8000, std::uint64_t cause = 0) {
    const auto id =
        client.request(Command{"sim:a", "on_off", on, deadline_ms}, std::chrono::seconds(10), cause);
    house.settle();
    return id;
  }
  Outcome outcome(std::uint64_t id) { return client.answer_as<CommandDone>(id).outcome; }
  Outcome outcome_of(const Command& command) { return outcome(client.request(command)); }
};

}  // namespace

TEST_CASE("a command goes to the device's owner and its answer to who asked") {
  Scene s;
  const auto id = s.on(true);
  const auto asked = s.driver.asked<Command>();
  CHECK(asked.id == id);
  CHECK(asked.source == s.client.line.source());
  CHECK(body_of<Command>(asked).value == Value(true));
  s.driver.yes(id);
  CHECK(s.outcome(id) == Outcome::kOk);
}

TEST_CASE("CommandDone comes after the StateChanged that the command led to, and the answer after both") {
  Scene s;
  s.client.subscribe<StateChanged>();
  s.client.subscribe<CommandDone>();
  const auto id = s.on(true);
  s.driver.asked<Command>();
  s.driver.publish(StateChanged{"sim:a", "on_off", true}, id);
  s.driver.yes(id);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 3);
  CHECK(heard[0].type == kType<StateChanged>);
  CHECK(heard[0].cause == id);
  CHECK(heard[1].type == kType<CommandDone>);
  CHECK(heard[1].cause == id);
  CHECK(heard[2].kind == MessageKind::kAnswer);
  CHECK(heard[2].handle == id);
}

TEST_CASE("the chain from what led to a command down to its state can be followed") {
  Scene s;
  FakePlugin ear(s.house, "ear", {}, "", true);
  ear.listen(Bus::kEveryType);
  ear.read();
  const auto id = s.on(true, 8000, 4711);
  CHECK(s.driver.asked<Command>().cause == 4711);
  s.driver.publish(StateChanged{"sim:a", "on_off", true}, id);
  s.driver.yes(id);
  const auto heard = ear.read();
  REQUIRE(heard.size() == 3);
  CHECK(heard[0].type == kType<Command>);
  CHECK(heard[0].id == id);
  CHECK(heard[0].cause == 4711);
  CHECK(heard[1].cause == id);
  CHECK(heard[2].type == kType<CommandDone>);
  CHECK(heard[2].cause == id);
}

TEST_CASE("a second value waits, a third takes its place, and the first is not disturbed") {
  Scene s;
  const auto first = s.client.request(Command{"sim:a", "brightness", std::int64_t{1}});
  const auto second = s.client.request(Command{"sim:a", "brightness", std::int64_t{2}});
  const auto third = s.client.request(Command{"sim:a", "brightness", std::int64_t{3}});
  CHECK(s.outcome(second) == Outcome::kSuperseded);
  CHECK(s.driver.asked<Command>().id == first);
  CHECK(s.driver.read().empty());
  s.driver.yes(first);
  CHECK(s.outcome(first) == Outcome::kOk);
  const auto next = s.driver.asked<Command>();
  CHECK(next.id == third);
  CHECK(body_of<Command>(next).value == Value(std::int64_t{3}));
  s.driver.yes(third);
  CHECK(s.outcome(third) == Outcome::kOk);
}

TEST_CASE("a command equal to the pending one joins it and ends with its outcome") {
  Scene s;
  s.client.subscribe<CommandDone>();
  const auto first = s.on(true);
  const auto pending = s.on(false);
  const auto joined = s.on(false);
  s.driver.yes(s.driver.asked<Command>().id);
  const auto flown = s.driver.asked<Command>();
  CHECK(flown.id == pending);
  s.driver.fail(flown.id, HEARTH_FAILED, "it is broken");
  const auto heard = s.client.read();
  std::vector<std::uint64_t> events, answers;
  for (const auto& m : heard) (m.kind == MessageKind::kAnswer ? answers : events).push_back(m.cause);
  CHECK(events == std::vector<std::uint64_t>{first, pending, joined});
  CHECK(answers == std::vector<std::uint64_t>{first, pending, joined});
  CHECK(body_of<CommandDone>(heard.back()).outcome == Outcome::kError);
  CHECK(body_of<CommandDone>(heard.back()).words == "it is broken");
  CHECK(s.driver.read().empty());
}

TEST_CASE("different capabilities of a device don't wait for each other") {
  Scene s;
  s.on(true);
  s.client.request(Command{"sim:a", "brightness", std::int64_t{40}});
  const auto asked = s.driver.read();
  CHECK(asked.size() == 2);
}

TEST_CASE(
    "a command without an answer ends at its deadline, the next one is launched, the late answer is "
    "nobody's") {
  Scene s;
  const auto late = s.on(true, 30);
  const auto next = s.on(false);
  CHECK(s.driver.asked<Command>().id == late);
  CHECK(s.outcome(late) == Outcome::kTimeout);
  CHECK(s.driver.asked<Command>().id == next);
  s.driver.yes(late);
  CHECK(s.client.read().empty());
  s.driver.yes(next);
  CHECK(s.outcome(next) == Outcome::kOk);
}

TEST_CASE("a pending command ends at its own deadline and is never launched") {
  Scene s;
  const auto first = s.on(true);
  const auto pending = s.on(false, 30);
  CHECK(s.outcome(pending) == Outcome::kTimeout);
  s.driver.asked<Command>();
  s.driver.yes(first);
  CHECK(s.outcome(first) == Outcome::kOk);
  CHECK(s.driver.read().empty());
}

TEST_CASE("when the owner goes, in flight and pending end as unreachable at once") {
  Scene s;
  const auto first = s.on(true), pending = s.on(false);
  s.driver.stop("it crashed");
  CHECK(s.outcome(first) == Outcome::kUnreachable);
  const auto done = s.client.answer_as<CommandDone>(pending);
  CHECK(done.outcome == Outcome::kUnreachable);
  CHECK(done.words == "it crashed");
  CHECK(s.outcome(s.on(true)) == Outcome::kUnreachable);
}

TEST_CASE("when the device is removed its commands end, exactly once each") {
  Scene s;
  s.client.subscribe<CommandDone>();
  const auto first = s.on(true), pending = s.on(false);
  s.house.settle();
  s.driver.publish(DeviceRemoved{"sim:a"});
  s.driver.yes(first);
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 4);
  CHECK(heard[1].handle == first);
  CHECK(heard[3].handle == pending);
}

TEST_CASE(
    "a command in flight survives a change of its device's id, and the pending one is launched under the new "
    "id") {
  Scene s;
  const auto first = s.on(true), pending = s.on(false);
  auto renamed = lamp("sim:b");
  renamed.replaces = "sim:a";
  s.driver.publish(renamed);
  s.driver.asked<Command>();
  s.client.subscribe<StateChanged>();
  s.driver.publish(StateChanged{"sim:a", "on_off", true}, first);
  s.driver.yes(first);
  const auto state = s.client.wait([](const Message& m) { return m.type == kType<StateChanged>; });
  CHECK(body_of<StateChanged>(state).device == "sim:b");
  const auto done = s.client.answer_as<CommandDone>(first);
  CHECK(done.outcome == Outcome::kOk);
  CHECK(done.device == "sim:b");
  CHECK(body_of<Command>(s.driver.asked<Command>()).device == "sim:b");
  s.driver.yes(pending);
  CHECK(s.outcome(pending) == Outcome::kOk);
}

TEST_CASE("a pending command that the device can't do any more is not launched") {
  Scene s;
  const auto first = s.client.request(Command{"sim:a", "brightness", std::int64_t{10}});
  const auto pending = s.client.request(Command{"sim:a", "brightness", std::int64_t{90}});
  auto narrowed = lamp("sim:a");
  narrowed.capabilities[1].range(0, 50);
  s.house.settle();
  s.driver.publish(narrowed);
  s.driver.asked<Command>();
  s.driver.yes(first);
  CHECK(s.outcome(first) == Outcome::kOk);
  CHECK(s.outcome(pending) == Outcome::kError);
  CHECK(s.driver.read().empty());
}

TEST_CASE("what can't be done is refused at once, in words, with one CommandDone") {
  Scene s;
  s.client.subscribe<CommandDone>();
  CHECK(s.outcome_of({"sim:none", "on_off", true}) == Outcome::kError);
  CHECK(s.outcome_of({"sim:a", "color", Color{}}) == Outcome::kError);
  CHECK(s.outcome_of({"sim:a", "power", 3.0}) == Outcome::kError);
  CHECK(s.outcome_of({"sim:a", "brightness", std::int64_t{101}}) == Outcome::kError);
  CHECK(s.outcome_of({"sim:a", "brightness", 12.5}) == Outcome::kError);
  CHECK(s.outcome_of({"sim:a", "on_off", Value()}) == Outcome::kError);
  const auto id = s.client.request(Command{"sim:a", "on_off", std::string("on")});
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].cause == id);
  CHECK(body_of<CommandDone>(heard[0]).words == "on_off is a bool, not a text");
  CHECK(s.driver.read().empty());
}

TEST_CASE("a value is converted before the driver sees it") {
  Scene s;
  auto bulb = lamp("sim:a");
  bulb.capabilities.emplace_back("color");
  s.driver.publish(bulb);
  s.house.settle();
  s.client.request(Command{"sim:a", "brightness", 40.0});
  CHECK(body_of<Command>(s.driver.asked<Command>()).value == Value(std::int64_t{40}));
  s.client.request(Command{"sim:a", "color", std::string("#0000ff")});
  CHECK(body_of<Command>(s.driver.asked<Command>()).value == Value(Color{240, 100}));
}

TEST_CASE("nobody but the owner can answer a command") {
  Scene s;
  FakePlugin stranger(s.house, "stranger");
  const auto id = s.on(true);
  stranger.yes(id);
  CHECK(s.client.read().empty());
  s.driver.yes(id);
  CHECK(s.outcome(id) == Outcome::kOk);
  s.driver.yes(id);
  CHECK(s.client.read().empty());
}

TEST_CASE("a driver's words for a failure reach the client as one clean line") {
  Scene s;
  const auto id = s.on(true);
  s.driver.fail(id, HEARTH_FAILED, "bad\n\x1b[2J\xff" + std::string(100'000, 'x'));
  const auto words = s.client.answer_as<CommandDone>(id).words;
  CHECK(words.size() <= 1024);
  CHECK(words.find('\n') == std::string::npos);
  CHECK(words.find('\x1b') == std::string::npos);
}

TEST_CASE("a driver whose inbox is full makes a command end as busy") {
  TemporaryFolder folder;
  House house(folder.path());
  FakePlugin driver(house, "sim", {}, "", false, 4), client(house, "north");
  for (const std::string id : {"a", "b", "c", "d", "e"}) driver.publish(lamp("sim:" + id));
  house.settle();
  for (const std::string id : {"a", "b", "c", "d"}) client.request(Command{"sim:" + id, "on_off", true});
  CHECK(client.answer_as<CommandDone>(client.request(Command{"sim:e", "on_off", true})).outcome ==
        Outcome::kBusy);
}

TEST_CASE("a damaged command or one with unclean names is refused") {
  Scene s;
  const auto damaged = s.client.send(MessageKind::kRequest, kType<Command>, {}, 0, 1'000'000);
  CHECK(s.client.answer_to(damaged).status == HEARTH_INVALID);
  const auto unclean = s.client.request(Command{"sim:a\n", "on_off", true});
  CHECK(s.client.answer_to(unclean).status == HEARTH_INVALID);
}

TEST_CASE("a command that is given when another one ends waits behind the pending one") {
  Scene s;
  std::vector<std::string> ended;
  s.house.on_home([&](Home& home) {
    home.command(Command{"sim:a", "brightness", std::int64_t{1}}, [&](const CommandDone& first) {
      ended.push_back("1 " + std::string(name(first.outcome)));
      home.command(Command{"sim:a", "brightness", std::int64_t{3}}, [&](const CommandDone& third) {
        ended.push_back("3 " + std::string(name(third.outcome)));
      });
    });
    home.command(Command{"sim:a", "brightness", std::int64_t{2}}, [&](const CommandDone& second) {
      ended.push_back("2 " + std::string(name(second.outcome)));
    });
  });
  s.driver.yes(s.driver.asked<Command>().id);
  const auto last = s.driver.asked<Command>();
  CHECK(body_of<Command>(last).value == Value(std::int64_t{3}));
  s.driver.yes(last.id);
  s.house.settle();
  CHECK(ended == std::vector<std::string>{"1 ok", "2 superseded", "3 ok"});
}
