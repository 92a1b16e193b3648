// Programs over a restart: what a start of the house catches up with, and what has been missed.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Program switching_on() {
  Program p;
  p.name = "Evening";
  p.command = ProgramCommand::kOn;
  return p;
}

// A house with "sim:a" and program 1 that switches it on each day, `ago_s` before now, defined `defined_s`
// before now.
void leave_program(const TemporaryFolder& folder, std::int64_t ago_s, std::int64_t defined_s) {
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    driver.publish(lamp("sim:a"));
    client.answer_as<ProgramDefined>(client.request(ProgramWanted{0, switching_on(), {"sim:a"}}));
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
    CHECK(body_of<Command>(start.commands[0]).value == Value(true));
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
