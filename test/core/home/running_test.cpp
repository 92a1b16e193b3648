// Programs that run: what they have devices do.
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
