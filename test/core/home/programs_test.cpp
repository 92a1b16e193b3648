// Programs: defined, changed, assigned and taken away.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Ids = std::vector<std::string>;

Program evening() {
  Program p;
  p.name = "Evening";
  p.days = "MTWTF..";
  p.trigger = ProgramTrigger::kClock;
  p.time_s = 86'399;
  p.offset_min = -1440;
  p.randomize = true;
  p.random_min = 1440;
  p.command = ProgramCommand::kOn;
  p.brightness = 40;
  p.color = "#FF8800";
  return p;
}

struct Scene : DrivenStage {
  Scene() {
    for (const auto* id : {"sim:a", "sim:b", "sim:c"}) driver.publish(lamp(id));
    house.settle();
  }
  ProgramDefined made(const ProgramWanted& wanted) {
    return client.answer_as<ProgramDefined>(client.request(wanted));
  }
  ProgramAssigned assigned(const ProgramAssignment& wanted) {
    return client.answer_as<ProgramAssigned>(client.request(wanted));
  }
  std::vector<ProgramDefined> programs() { return facts<ProgramDefined>(); }
};

}  // namespace

TEST_CASE("a program is made, told and answered with its number and devices") {
  Scene s;
  s.listener.subscribe<ProgramDefined>();
  const auto made = s.made({0, evening(), {"sim:b", "sim:a", "sim:b"}});
  CHECK(made.number == 1);
  CHECK(made.program == evening());
  CHECK(made.devices == Ids{"sim:b", "sim:a"});
  CHECK(made.updated_us > 0);
  const auto told = s.listener.read_all<ProgramDefined>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].program == evening());
  CHECK(told[0].devices == made.devices);
}

TEST_CASE("programs are known to who subscribes later, each once and as it is now") {
  Scene s;
  s.made({0, evening(), {"sim:a"}});
  s.made({0, evening(), {}});
  auto night = evening();
  night.name = "Night";
  s.made({1, night, {"sim:c"}});
  const auto known = s.programs();
  REQUIRE(known.size() == 2);
  for (const auto& each : known) CHECK(each.program == (each.number == 1 ? night : evening()));
  FakePlugin late(s.house, "late");
  late.subscribe<ProgramDefined>();
  for (const auto& m : late.read()) CHECK((m.flags & HEARTH_RETAINED) != 0);
}

TEST_CASE("a changed program keeps its devices, and those of the change come on top") {
  Scene s;
  s.made({0, evening(), {"sim:c", "sim:a"}});
  auto changed = evening();
  changed.command = ProgramCommand::kOff;
  CHECK(s.made({1, changed, {}}).devices == Ids{"sim:c", "sim:a"});
  const auto more = s.made({1, changed, {"sim:b", "sim:a"}});
  CHECK(more.devices == Ids{"sim:c", "sim:a", "sim:b"});
  CHECK(more.program == changed);
}

TEST_CASE("a changed program that is to have only these devices loses the others") {
  Scene s;
  s.made({0, evening(), {"sim:c", "sim:a"}});
  CHECK(s.made({1, evening(), {"sim:b", "sim:a"}, true}).devices == Ids{"sim:b", "sim:a"});
  CHECK(s.made({1, evening(), {}, true}).devices.empty());
}

TEST_CASE("a program of an unknown number isn't changed, made, assigned or taken away") {
  Scene s;
  CHECK(s.status(ProgramWanted{7, evening(), {}}) == HEARTH_INVALID);
  CHECK(s.status(ProgramAssignment{7, {"sim:a"}, true}) == HEARTH_INVALID);
  CHECK(s.status(ProgramUnwanted{7}) == HEARTH_INVALID);
  CHECK(s.status(ProgramUnwanted{0}) == HEARTH_INVALID);
  CHECK(s.programs().empty());
}

TEST_CASE("a program with an unknown device is refused, and the one that is there stays as it was") {
  Scene s;
  CHECK(s.status(ProgramWanted{0, evening(), {"sim:a", "sim:none"}}) == HEARTH_INVALID);
  CHECK(s.programs().empty());
  s.made({0, evening(), {"sim:a"}});
  auto changed = evening();
  changed.name = "never";
  CHECK(s.status(ProgramWanted{1, changed, {"sim:none"}}) == HEARTH_INVALID);
  CHECK(s.status(ProgramAssignment{1, {"sim:b", "sim:none"}, true}) == HEARTH_INVALID);
  REQUIRE(s.programs().size() == 1);
  CHECK(s.programs()[0].program == evening());
  CHECK(s.programs()[0].devices == Ids{"sim:a"});
}

TEST_CASE("a program outside its limits is refused in words, at them it is taken") {
  struct Case {
    const char* what;
    std::function<void(Program&)> bend;
    bool fits;
  };
  const Case cases[] = {
      {"no name", [](Program& p) { p.name.clear(); }, false},
      {"longest name", [](Program& p) { p.name.assign(256, 'x'); }, true},
      {"longer name", [](Program& p) { p.name.assign(257, 'x'); }, false},
      {"control character", [](Program& p) { p.name = "a\nb"; }, false},
      {"NUL", [](Program& p) { p.name = std::string("a\0b", 3); }, false},
      {"no UTF-8", [](Program& p) { p.name = "\xff"; }, false},
      {"six days", [](Program& p) { p.days = "MTWTFS"; }, false},
      {"eight days", [](Program& p) { p.days = "MTWTFSSS"; }, false},
      {"no day", [](Program& p) { p.days = "......."; }, true},
      {"lower case days", [](Program& p) { p.days = "mtwtf--"; }, true},
      {"digits for days", [](Program& p) { p.days = "1111111"; }, false},
      {"a day of umlauts", [](Program& p) { p.days = "MTWTF\xc3\xbc"; }, false},
      {"midnight", [](Program& p) { p.time_s = 0; }, true},
      {"24:00", [](Program& p) { p.time_s = 86'400; }, false},
      {"latest offset", [](Program& p) { p.offset_min = 1440; }, true},
      {"later offset", [](Program& p) { p.offset_min = 1441; }, false},
      {"earlier offset", [](Program& p) { p.offset_min = -1441; }, false},
      {"most negative offset", [](Program& p) { p.offset_min = INT32_MIN; }, false},
      {"most random", [](Program& p) { p.random_min = 1441; }, false},
      {"no brightness", [](Program& p) { p.brightness = -1; }, true},
      {"full brightness", [](Program& p) { p.brightness = 100; }, true},
      {"more than full", [](Program& p) { p.brightness = 101; }, false},
      {"less than none", [](Program& p) { p.brightness = -2; }, false},
      {"no colour", [](Program& p) { p.color.clear(); }, true},
      {"a colour without #", [](Program& p) { p.color = "FF8800"; }, false},
      {"a colour of no digits", [](Program& p) { p.color = "#GG0000"; }, false},
      {"a long colour", [](Program& p) { p.color = "#FF88000"; }, false},
  };
  Scene s;
  for (const auto& c : cases) {
    INFO(c.what);
    auto program = evening();
    c.bend(program);
    const auto answer = s.client.answer_to(s.client.request(ProgramWanted{0, program, {}}));
    CHECK(answer.status == (c.fits ? HEARTH_OK : HEARTH_INVALID));
    if (!c.fits) CHECK_FALSE(answer.body.text().empty());
  }
}

TEST_CASE("a program has 512 devices and no more, however they come") {
  Scene s;
  Ids all;
  s.house.while_busy([&] {
    for (int i = 0; i < 513; ++i) {
      all.push_back("sim:" + std::to_string(i));
      s.driver.publish(lamp(all.back()));
    }
  });
  CHECK(s.status(ProgramWanted{0, evening(), all}) == HEARTH_INVALID);
  CHECK(s.status(ProgramWanted{0, evening(), Ids(513, "sim:0")}) == HEARTH_INVALID);
  const Ids most(all.begin(), all.end() - 1);
  CHECK(s.made({0, evening(), most}).devices == most);
  CHECK(s.status(ProgramWanted{1, evening(), {all.back()}}) == HEARTH_INVALID);
  CHECK(s.status(ProgramAssignment{1, {all.back()}, true}) == HEARTH_INVALID);
  CHECK(s.status(ProgramAssignment{1, all, false}) == HEARTH_INVALID);
  CHECK(s.programs().at(0).devices == most);
  CHECK(s.assigned({1, {most.front()}, false}).changed == 1);
  CHECK(s.assigned({1, {all.back()}, true}).changed == 1);
}

TEST_CASE("an assignment says for how many devices it was new, and is told only then") {
  Scene s;
  s.made({0, evening(), {"sim:a"}});
  s.listener.subscribe<ProgramDefined>();
  s.listener.read();
  const auto first = s.assigned({1, {"sim:a", "sim:b", "sim:b"}, true});
  CHECK(first.number == 1);
  CHECK(first.changed == 1);
  CHECK(first.unchanged == 1);
  const auto told = s.listener.read_all<ProgramDefined>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].devices == Ids{"sim:a", "sim:b"});
  CHECK(s.assigned({1, {"sim:b"}, true}).unchanged == 1);
  CHECK(s.listener.read().empty());
}

TEST_CASE("devices are taken off a program, and one that wasn't on it is unchanged") {
  Scene s;
  s.made({0, evening(), {"sim:a", "sim:b"}});
  const auto off = s.assigned({1, {"sim:a", "sim:c"}, false});
  CHECK(off.changed == 1);
  CHECK(off.unchanged == 1);
  CHECK(s.programs().at(0).devices == Ids{"sim:b"});
}

TEST_CASE("two clients that assign different devices at once lose nothing of each other") {
  Scene s;
  FakePlugin other(s.house, "west");
  s.made({0, evening(), {}});
  std::uint64_t a = 0, b = 0;
  s.house.while_busy([&] {
    a = s.client.request(ProgramAssignment{1, {"sim:a"}, true});
    b = other.request(ProgramAssignment{1, {"sim:b"}, true});
  });
  CHECK(s.client.answer_as<ProgramAssigned>(a).changed == 1);
  CHECK(other.answer_as<ProgramAssigned>(b).changed == 1);
  auto devices = s.programs().at(0).devices;
  std::sort(devices.begin(), devices.end());
  CHECK(devices == Ids{"sim:a", "sim:b"});
}

TEST_CASE("a program that is taken away ends as a fact, and its number isn't given again") {
  Scene s;
  s.made({0, evening(), {"sim:a"}});
  s.listener.subscribe<ProgramRemoved>();
  CHECK(s.status(ProgramUnwanted{1}) == HEARTH_OK);
  const auto ended = s.listener.read_all<ProgramRemoved>();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].number == 1);
  CHECK(s.status(ProgramUnwanted{1}) == HEARTH_INVALID);
  CHECK(s.programs().empty());
  CHECK(s.made({0, evening(), {}}).number == 2);
}

TEST_CASE("a device that its driver removes leaves its programs, and they are told anew") {
  Scene s;
  s.made({0, evening(), {"sim:a", "sim:b"}});
  s.made({0, evening(), {"sim:c"}});
  s.listener.subscribe<ProgramDefined>();
  s.listener.read();
  s.driver.publish(DeviceRemoved{"sim:a"});
  const auto told = s.listener.read_all<ProgramDefined>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].devices == Ids{"sim:b"});
}

TEST_CASE("a plugin can't state programs itself") {
  Scene s;
  s.made({0, evening(), {}});
  s.driver.publish(ProgramDefined{1, evening(), {"sim:a"}, 1});
  s.driver.publish(ProgramRemoved{1});
  s.listener.subscribe<ProgramFired>();
  s.driver.publish(ProgramFired{1, "Evening", 1});
  CHECK(s.listener.read().empty());
  REQUIRE(s.programs().size() == 1);
  CHECK(s.programs()[0].devices.empty());
}

TEST_CASE("programs, their devices and the numbers that were given survive a restart") {
  TemporaryFolder folder;
  ProgramDefined before;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:a"));
    driver.publish(lamp("sim:b"));
    before =
        client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, evening(), {"sim:b", "sim:a"}}));
    client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, evening(), {}}));
    client.answer_to(client.request(ProgramUnwanted{2}));
  }
  House house(folder.path());
  FakePlugin client(house, "north");
  client.subscribe<ProgramDefined>();
  const auto after = client.read_all<ProgramDefined>();
  REQUIRE(after.size() == 1);
  CHECK(after[0].number == 1);
  CHECK(after[0].program == evening());
  CHECK(after[0].devices == before.devices);
  CHECK(after[0].updated_us == before.updated_us);
  CHECK(client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, evening(), {}})).number == 3);
}
