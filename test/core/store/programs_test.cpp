// Programs, what they have fired, and changes that come as one.
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "core/store/store.hpp"
#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

ProgramRow program(std::int64_t number, std::vector<std::int64_t> devices = {}) {
  return {.number = number,
          .name = "Evening " + std::to_string(number),
          .days = "MT.TF-S",
          .trigger = "sunset",
          .time_s = 86'399,
          .offset_min = -1440,
          .randomize = true,
          .random_min = 30,
          .command = "dim",
          .brightness = 40,
          .color = "#FF8800",
          .updated_us = 1'700'000'000'000'000,
          .devices = std::move(devices)};
}

std::vector<FiringRow> firings(std::int64_t of, std::int64_t first_day, std::int64_t last_day) {
  std::vector<FiringRow> rows;
  for (auto day = first_day; day <= last_day; ++day) rows.push_back({of, day});
  return rows;
}

// What a store holds when `fill` has written to it and it was opened again.
template <class Fill>
Snapshot reopened(const TemporaryFolder& folder, Fill fill) {
  Problems problems;
  {
    auto store = open(folder, problems);
    fill(*store);
  }
  auto snapshot = open(folder, problems)->take_snapshot();
  CHECK(problems.all().empty());
  return snapshot;
}

// hearth.db as it was before there were programs.
void make_first_schema(const TemporaryFolder& folder, const std::string& rows) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(folder.database().c_str(), &database) == SQLITE_OK);
  auto statements = schema().at(0).statements;
  statements.push_back(rows);
  statements.push_back("PRAGMA user_version = 1");
  for (const auto& sql : statements) {
    INFO(sql);
    CHECK(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  REQUIRE(sqlite3_close(database) == SQLITE_OK);
}

void put_devices(Store& store) {
  for (const std::int64_t number : {1, 2, 3}) REQUIRE(write(store, PutDevice{device(number)}).ok());
}

TEST_CASE("a program comes back after reopening with every field and its devices in their order") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    put_devices(store);
    CHECK(write(store, PutProgram{program(1, {3, 1, 2})}).ok());
    CHECK(write(store, PutProgram{program(2)}).ok());
  });
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(1, {3, 1, 2}), program(2)});
  CHECK(snapshot.next_program == 3);
}

TEST_CASE("firings come back after reopening, by program and day") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutProgram{program(1)}).ok());
    CHECK(write(store, PutProgram{program(2)}).ok());
    for (const FiringRow row : {FiringRow{2, 20'000}, FiringRow{1, 20'001}, FiringRow{1, -5}})
      CHECK(write(store, PutFiring{row}).ok());
  });
  CHECK(snapshot.firings == std::vector<FiringRow>{{1, -5}, {1, 20'001}, {2, 20'000}});
}

TEST_CASE("a program that is put again takes the place of what it was") {
  const TemporaryFolder folder;
  auto changed = program(1, {2});
  changed.name = "Night";
  changed.trigger = "clock";
  changed.command = "off";
  changed.brightness = -1;
  changed.color.clear();
  const auto snapshot = reopened(folder, [&](Store& store) {
    put_devices(store);
    CHECK(write(store, PutProgram{program(1, {1, 2, 3})}).ok());
    CHECK(write(store, PutProgram{changed}).ok());
  });
  CHECK(snapshot.programs == std::vector<ProgramRow>{changed});
}

TEST_CASE("a device that is deleted takes its assignments with it, and no others") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    put_devices(store);
    CHECK(write(store, PutProgram{program(1, {3, 1, 2})}).ok());
    CHECK(write(store, PutProgram{program(2, {1})}).ok());
    CHECK(write(store, RemoveDevice{1}).ok());
  });
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(1, {3, 2}), program(2)});
}

TEST_CASE("a program that is deleted takes its assignments and firings with it, and no others") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    put_devices(store);
    for (const std::int64_t number : {1, 2}) {
      CHECK(write(store, PutProgram{program(number, {1, 2})}).ok());
      CHECK(write(store, PutFiring{{number, 20'000}}).ok());
    }
    CHECK(write(store, RemoveProgram{1}).ok());
    CHECK(write(store, RemoveProgram{1}).ok());
    // Under the same number nothing of the old one shows up again.
    CHECK(write(store, PutProgram{program(1)}).ok());
  });
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(1), program(2, {1, 2})});
  CHECK(snapshot.firings == std::vector<FiringRow>{{2, 20'000}});
  CHECK(snapshot.devices.size() == 3);
}

TEST_CASE("only the newest thirty-two firings of each program stay") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutProgram{program(1)}).ok());
    CHECK(write(store, PutProgram{program(2)}).ok());
    CHECK(write(store, PutFiring{{2, 7}}).ok());
    for (const auto& row : firings(1, 100, 139)) CHECK(write(store, PutFiring{row}).ok());
  });
  auto kept = firings(1, 108, 139);
  kept.push_back({2, 7});
  CHECK(snapshot.firings == kept);
}

TEST_CASE("the newest firings are those stored last, not those of the latest days") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutProgram{program(1)}).ok());
    for (const auto& row : firings(1, 100, 131)) CHECK(write(store, PutFiring{row}).ok());
    CHECK(write(store, PutFiring{{1, 5}}).ok());
  });
  auto kept = firings(1, 101, 131);
  kept.insert(kept.begin(), {1, 5});
  CHECK(snapshot.firings == kept);
}

TEST_CASE("a firing that is stored twice is there once") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutProgram{program(1)}).ok());
    for (int again = 0; again < 3; ++again) CHECK(write(store, PutFiring{{1, 20'000}}).ok());
  });
  CHECK(snapshot.firings == std::vector<FiringRow>{{1, 20'000}});
}

TEST_CASE("a firing of a program that is gone is left out and no error") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutFiring{{9, 20'000}}).ok());
  });
  CHECK(snapshot.firings.empty());
}

TEST_CASE("a changed program keeps its firings unless they are to be forgotten") {
  const TemporaryFolder folder;
  const auto fill = [](bool forget) {
    return [forget](Store& store) {
      for (const std::int64_t number : {1, 2}) {
        CHECK(write(store, PutProgram{program(number)}).ok());
        CHECK(write(store, PutFiring{{number, 20'000}}).ok());
      }
      CHECK(write(store, PutProgram{program(1), forget}).ok());
    };
  };
  CHECK(reopened(folder, fill(false)).firings == std::vector<FiringRow>{{1, 20'000}, {2, 20'000}});
  CHECK(reopened(folder, fill(true)).firings == std::vector<FiringRow>{{2, 20'000}});
}

TEST_CASE("a program's number is never given again") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    CHECK(write(store, PutProgram{program(41)}).ok());
    CHECK(write(store, RemoveProgram{41}).ok());
    CHECK(write(store, PutProgram{program(7)}).ok());
  });
  CHECK(snapshot.next_program == 42);
}

TEST_CASE("a program with a device that isn't stored is refused, and the old one stays as it was") {
  const TemporaryFolder folder;
  const auto snapshot = reopened(folder, [](Store& store) {
    put_devices(store);
    CHECK(write(store, PutProgram{program(1, {1, 2})}).ok());
    CHECK(write(store, PutFiring{{1, 20'000}}).ok());
    auto changed = program(1, {3, 77});
    changed.name = "never";
    const auto refused = write(store, PutProgram{changed, true});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kInvalid);
  });
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(1, {1, 2})});
  CHECK(snapshot.firings == std::vector<FiringRow>{{1, 20'000}});
}

TEST_CASE("what is put together is all there, groups and programs naming devices of the same change") {
  const TemporaryFolder folder;
  const GroupRow group{.number = 5, .name = "All", .devices = {2, 1}};
  const auto snapshot = reopened(folder, [&](Store& store) {
    CHECK(write(store, PutTogether{{{device(1)}, {device(2)}}, {{group}}, {{program(6, {2, 1})}}}).ok());
  });
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(1), device(2)});
  CHECK(snapshot.groups == std::vector<GroupRow>{group});
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(6, {2, 1})});
  CHECK(snapshot.next_group == 6);
  CHECK(snapshot.next_program == 7);
}

TEST_CASE("of what is put together nothing is there if one of it is wrong") {
  const GroupRow group{.number = 5, .name = "All", .devices = {2}};
  const GroupRow ghosts{.number = 6, .name = "Ghosts", .devices = {2, 77}};
  auto same_id = device(3);
  same_id.id = device(2).id;
  const PutTogether wrong[] = {
      {{{device(2)}}, {{group}, {ghosts}}, {{program(6, {2})}}},
      {{{device(2)}}, {{group}}, {{program(6, {2})}, {program(7, {77})}}},
      {{{device(2)}, {same_id}}, {{group}}, {{program(6, {2})}}},
  };
  for (const auto& change : wrong) {
    const TemporaryFolder folder;
    const auto snapshot = reopened(folder, [&](Store& store) {
      CHECK(write(store, PutDevice{device(1)}).ok());
      CHECK(write(store, PutProgram{program(6, {1})}).ok());
      CHECK(write(store, PutFiring{{6, 20'000}}).ok());
      Answers answers;
      store.write(change, into(answers));
      store.write(PutSetting{"after", "it"}, into(answers));
      const auto both = answers.wait_for(2);
      REQUIRE(both.size() == 2);
      REQUIRE_FALSE(both[0].ok());
      CHECK(both[0].error().code == ErrorCode::kInvalid);
      CHECK(both[1].ok());
    });
    CHECK(snapshot.devices == std::vector<DeviceRow>{device(1)});
    CHECK(snapshot.groups.empty());
    CHECK(snapshot.programs == std::vector<ProgramRow>{program(6, {1})});
    CHECK(snapshot.firings.size() == 1);
    CHECK(snapshot.next_group == 1);
    CHECK(snapshot.settings.size() == 1);
  }
}

TEST_CASE("a file of the first schema gets programs and keeps its devices, groups and states") {
  const TemporaryFolder folder;
  const GroupRow group{.number = 4, .name = "Erdgeschoß", .devices = {2, 1}};
  const StateRow state{1, "on_off", "true", 1, "false", 2};
  Problems problems;
  make_first_schema(folder, R"(
    INSERT INTO device VALUES (1, 'sim:a', 'sim', 'Lamp', 'Küche', '192.0.2.1', 2, 1, 0, x'0001ff');
    INSERT INTO device VALUES (2, 'sim:b', 'sim', 'Fan', '', '192.0.2.2', 0, 0, 1, x'');
    INSERT INTO device_group VALUES (4, 'Erdgeschoß');
    INSERT INTO member VALUES (4, 2, 0), (4, 1, 1);
    INSERT INTO state VALUES (1, 'on_off', 'true', 1, 'false', 2);
    INSERT INTO setting VALUES ('home.mode', 'away'))");
  const std::vector<DeviceRow> devices{
      {1, "sim:a", "sim", "Lamp", "Küche", "192.0.2.1", 2, true, false, {0, 1, 255}},
      {2, "sim:b", "sim", "Fan", "", "192.0.2.2", 0, false, true, {}}};
  {
    auto store = open(folder, problems);
    const auto snapshot = store->take_snapshot();
    CHECK(snapshot.programs.empty());
    CHECK(snapshot.firings.empty());
    CHECK(snapshot.next_program == 1);
    CHECK(write(*store, PutProgram{program(1, {2})}).ok());
    CHECK(write(*store, PutFiring{{1, 20'000}}).ok());
  }
  const auto snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices == devices);
  CHECK(snapshot.groups == std::vector<GroupRow>{group});
  CHECK(snapshot.states == std::vector<StateRow>{state});
  CHECK(snapshot.settings.at("home.mode") == "away");
  CHECK(snapshot.next_group == 5);
  CHECK(snapshot.programs == std::vector<ProgramRow>{program(1, {2})});
  CHECK(snapshot.firings == std::vector<FiringRow>{{1, 20'000}});
  CHECK(problems.all().empty());
}

}  // namespace
}  // namespace hearth::store::test
