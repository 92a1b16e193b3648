// Programs that run: what they have devices do, and what a start catches up with.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Program program(ProgramCommand command, std::int32_t brightness = -1, const std::string& color = {}) {
  Program p;
  p.name = "Evening";
  p.command = command;
  p.brightness = brightness;
  p.color = color;
  return p;
}

DeviceDeclared device(const std::string& id, std::vector<Capability> capabilities) {
  auto declared = lamp(id);
  declared.capabilities = std::move(capabilities);
  return declared;
}

const Value kOn = true, kOff = false;
Value percent(std::int64_t value) { return value; }

struct Scene {
  void make(const Program& what, const std::vector<std::string>& devices) {
    client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, what, devices}));
  }
  // Runs it now; the outcomes are there when the devices have answered.
  void run(std::uint32_t number = 1) {
    house.on_home([&](Home& home) {
      home.run_program(number, 4711, [this](std::vector<CommandDone> all) {
        outcomes = std::move(all);
        ++ended;
      });
    });
  }
  // What a driver was told, in order: "sim:a on_off", and the values.
  static std::vector<Command> commands(FakePlugin& driver) {
    std::vector<Command> all;
    for (const auto& m : driver.read())
      if (m.kind == MessageKind::kRequest && m.type == kType<Command>)
        all.push_back(*decode<Command>(m.body.bytes()));
    return all;
  }

  std::vector<CommandDone> outcomes;  // they outlive the house, which ends what is open
  int ended = 0;
  TemporaryFolder folder;
  House house{folder.path()};
  FakePlugin driver{house, "sim"}, client{house, "north"}, listener{house, "ear"};
};

void expect(const std::vector<Command>& commands,
            const std::vector<std::pair<std::string, Value>>& capabilities) {
  REQUIRE(commands.size() == capabilities.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    CHECK(commands[i].capability == capabilities[i].first);
    CHECK(commands[i].value == capabilities[i].second);
  }
}

// ---- Over a restart -----------------------------------------------------------------------------------

// A house with "sim:a" and program 1 that switches it on each day, `ago_s` before now, defined `defined_s`
// before now.
void leave_program(const TemporaryFolder& folder, std::int64_t ago_s, std::int64_t defined_s) {
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:a"));
    client.answer_as<ProgramDefined>(
        client.request(ProgramWanted{0, program(ProgramCommand::kOn), {"sim:a"}}));
  }
  auto opened = store::Store::open(folder.path(), {});
  REQUIRE(opened.ok());
  auto row = (*opened)->take_snapshot().programs.at(0);
  const auto now_us = wall_now_us();
  row.trigger = "clock";
  row.time_s = (now_us / 1'000'000 - ago_s) % 86'400;
  row.updated_us = now_us - defined_s * 1'000'000;
  std::promise<Status> kept;
  (*opened)->write(store::PutProgram{row, true}, [&](const Status& status) { kept.set_value(status); });
  REQUIRE(kept.get_future().get().ok());
}

// What a start of the house has done: the firings and the commands that its driver got.
struct Start {
  explicit Start(const TemporaryFolder& folder) {
    House house(folder.path());
    FakePlugin driver(house, "sim"), listener(house, "ear");
    driver.publish(lamp("sim:a"));
    listener.subscribe<ProgramFired>();
    house.on_home([](Home& home) { home.begin_programs(); });
    // The store answers in order, and home does what it waited for in the order of the answers.
    std::promise<void> kept;
    house.store->write(store::PutSetting{"fence", "1"}, [&](const Status&) { kept.set_value(); });
    kept.get_future().wait();
    fired = listener.read();
    for (const auto& m : driver.read())
      if (m.kind == MessageKind::kRequest && m.type == kType<Command>) commands.push_back(m);
  }

  std::vector<Message> fired, commands;
};

constexpr std::int64_t kDay = 86'400;

}  // namespace

TEST_CASE("a program's commands have its firing as their cause") {
  Scene s;
  s.driver.publish(device("sim:a", {"on_off", "brightness"}));
  s.driver.publish(device("sim:b", {"on_off"}));
  s.make(program(ProgramCommand::kOn, 40), {"sim:a", "sim:b"});
  s.listener.subscribe<ProgramFired>();
  s.run();
  const auto fired = s.listener.read();
  REQUIRE(fired.size() == 1);
  const auto what = body_of<ProgramFired>(fired[0]);
  CHECK(what.number == 1);
  CHECK(what.name == "Evening");
  CHECK(what.due_us == 4711);
  int commands = 0;
  for (const auto& m : s.driver.read()) {
    CHECK(m.cause == fired[0].id);
    ++commands;
  }
  CHECK(commands == 3);
}

TEST_CASE("a program that switches on sets brightness and colour first, as far as the device has them") {
  Scene s;
  s.driver.publish(device("sim:full", {"on_off", "color", "brightness"}));
  s.driver.publish(device("sim:plug", {"on_off"}));
  s.make(program(ProgramCommand::kOn, 40, "#00FF00"), {"sim:full", "sim:plug"});
  s.run();
  expect(s.commands(s.driver),
         {{"brightness", percent(40)}, {"color", Color{120, 100}}, {"on_off", kOn}, {"on_off", kOn}});
}

TEST_CASE("a program without brightness and colour leaves them as they are") {
  Scene s;
  s.driver.publish(device("sim:full", {"on_off", "color", "brightness"}));
  s.make(program(ProgramCommand::kOn), {"sim:full"});
  s.run();
  expect(s.commands(s.driver), {{"on_off", kOn}});
}

TEST_CASE("a program that switches off does only that") {
  Scene s;
  s.driver.publish(device("sim:full", {"on_off", "color", "brightness"}));
  s.make(program(ProgramCommand::kOff, 40, "#00FF00"), {"sim:full"});
  s.run();
  expect(s.commands(s.driver), {{"on_off", kOff}});
}

TEST_CASE("dim and bright set the brightness and don't switch") {
  for (const auto command : {ProgramCommand::kDim, ProgramCommand::kBright}) {
    Scene s;
    s.driver.publish(device("sim:full", {"on_off", "color", "brightness"}));
    s.make(program(command, 40, "#00FF00"), {"sim:full"});
    s.run();
    expect(s.commands(s.driver), {{"brightness", percent(40)}});
  }
}

TEST_CASE("a brightness outside the device's range becomes its nearest") {
  Scene s;
  s.driver.publish(device("sim:a", {Capability("brightness").range(10, 80)}));
  s.make(program(ProgramCommand::kDim, 0), {"sim:a"});
  s.make(program(ProgramCommand::kBright, 100), {"sim:a"});
  s.make(program(ProgramCommand::kBright, 79), {"sim:a"});
  for (const auto& [number, value] : {std::pair(1, 10), std::pair(2, 80), std::pair(3, 79)}) {
    s.run(static_cast<std::uint32_t>(number));
    const auto asked = s.driver.asked<Command>();
    CHECK(body_of<Command>(asked).value == percent(value));
    s.driver.yes(asked.id);
  }
  CHECK(s.ended == 3);
}

TEST_CASE("a device that can do nothing of it is left alone") {
  Scene s;
  auto fixed = Capability("brightness");
  fixed.writable = false;
  s.driver.publish(device("sim:sensor", {"motion", fixed}));
  s.driver.publish(device("sim:nothing", {}));
  s.make(program(ProgramCommand::kOn, 40, "#00FF00"), {"sim:sensor", "sim:nothing"});
  s.make(program(ProgramCommand::kDim, 40), {"sim:sensor", "sim:nothing"});
  s.make(program(ProgramCommand::kNone, 40), {"sim:sensor", "sim:nothing"});
  for (std::uint32_t number = 1; number <= 3; ++number) s.run(number);
  CHECK(s.commands(s.driver).empty());
  CHECK(s.ended == 3);
  CHECK(s.outcomes.empty());
}

TEST_CASE("a device that fails, or whose driver is gone, doesn't keep the others from it") {
  Scene s;
  FakePlugin gone(s.house, "gone");
  gone.publish(device("gone:x", {"on_off"}));
  for (const auto* id : {"sim:a", "sim:b"}) s.driver.publish(device(id, {"on_off"}));
  s.make(program(ProgramCommand::kOn), {"gone:x", "sim:a", "sim:b"});
  gone.stop("it crashed");
  s.run();
  const auto first = s.driver.asked<Command>();
  s.driver.fail(first.id, HEARTH_FAILED, "broken");
  CHECK(s.ended == 0);
  s.driver.yes(s.driver.asked<Command>().id);
  s.house.settle();
  CHECK(s.ended == 1);
  std::map<std::string, Outcome> outcomes;
  for (const auto& done : s.outcomes) outcomes[done.device] = done.outcome;
  CHECK(outcomes == std::map<std::string, Outcome>{{"gone:x", Outcome::kUnreachable},
                                                   {"sim:a", Outcome::kError},
                                                   {"sim:b", Outcome::kOk}});
}

TEST_CASE("a program that is gone does nothing and says so at once") {
  Scene s;
  s.listener.subscribe<ProgramFired>();
  s.run(77);
  CHECK(s.ended == 1);
  CHECK(s.listener.read().empty());
}

TEST_CASE("a program that came due while the house was down runs once within the grace") {
  TemporaryFolder folder;
  const auto earliest_us = wall_now_us() - 61'000'000;
  leave_program(folder, 60, kDay);
  {
    const Start start(folder);
    REQUIRE(start.fired.size() == 1);
    const auto fired = body_of<ProgramFired>(start.fired[0]);
    CHECK(fired.number == 1);
    CHECK(fired.due_us >= earliest_us);
    CHECK(fired.due_us < wall_now_us() - 59'000'000);
    REQUIRE(start.commands.size() == 1);
    CHECK(start.commands[0].cause == start.fired[0].id);
    CHECK(body_of<Command>(start.commands[0]).value == kOn);
  }
  {
    const Start again(folder);
    CHECK(again.fired.empty());
    CHECK(again.commands.empty());
  }
}

TEST_CASE("a program that came due too long before the start doesn't run") {
  TemporaryFolder folder;
  leave_program(folder, 3600, kDay);
  CHECK(Start(folder).fired.empty());
}

TEST_CASE("a program that was defined after its time doesn't run for it at a start") {
  TemporaryFolder folder;
  leave_program(folder, 60, 30);
  CHECK(Start(folder).fired.empty());
}

TEST_CASE("no program runs before the house has begun with them") {
  TemporaryFolder folder;
  leave_program(folder, 60, kDay);
  {
    House house(folder.path());
    FakePlugin listener(house, "ear");
    listener.subscribe<ProgramFired>();
    CHECK(listener.read().empty());
  }
  CHECK(Start(folder).fired.size() == 1);
}

TEST_CASE("what a damaged file makes of a program doesn't run, and can still be taken away") {
  TemporaryFolder folder;
  leave_program(folder, 60, kDay);
  {
    auto opened = store::Store::open(folder.path(), {});
    REQUIRE(opened.ok());
    auto row = (*opened)->take_snapshot().programs.at(0);
    row.days = "every day";
    std::promise<void> kept;
    (*opened)->write(store::PutProgram{row}, [&](const Status&) { kept.set_value(); });
    kept.get_future().wait();
  }
  CHECK(Start(folder).fired.empty());
  House house(folder.path());
  FakePlugin client(house, "north");
  CHECK(client.answer_to(client.request(ProgramUnwanted{1})).status == HEARTH_OK);
}

TEST_CASE(
    "a program that is renamed after it has run doesn't run again that day, one with another time may") {
  for (const bool renamed_only : {true, false}) {
    TemporaryFolder folder;
    leave_program(folder, 60, kDay);
    CHECK(Start(folder).fired.size() == 1);
    {
      House house(folder.path());
      FakePlugin client(house, "north");
      client.subscribe<ProgramDefined>();
      auto known = client.read_all<ProgramDefined>().at(0).program;
      renamed_only ? void(known.name = "Another") : void(known.offset_min = 1);
      client.answer_as<ProgramDefined>(client.request(ProgramWanted{1, known, {}}));
    }
    auto opened = store::Store::open(folder.path(), {});
    REQUIRE(opened.ok());
    CHECK((*opened)->take_snapshot().firings.size() == (renamed_only ? 1u : 0u));
  }
}
