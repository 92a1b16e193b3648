// Versions of the schema: migrations run once and whole, and a newer file is refused.
#include <catch2/catch.hpp>

#include "core/store/store.hpp"
#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

Options with_migration(std::vector<std::string> statements) {
  Options options;
  options.migrations.push_back({std::move(statements)});
  return options;
}

void make_store_with_a_device(const TemporaryFolder& folder) {
  Problems problems;
  auto store = open(folder, problems);
  REQUIRE(write(*store, PutDevice{device(1)}).ok());
}

TEST_CASE("a migration is applied once to what is there") {
  TemporaryFolder folder;
  Problems problems;
  make_store_with_a_device(folder);
  const Options newer = with_migration({
      "CREATE TABLE addition (number INTEGER PRIMARY KEY)",  // fails if it were run twice
      "UPDATE device SET name = name || '!'",
  });
  for (int again = 0; again < 2; ++again) {
    auto store = open(folder, problems, newer);
    const Snapshot snapshot = store->take_snapshot();
    REQUIRE(snapshot.devices.size() == 1);
    CHECK(snapshot.devices[0].name == "Lamp 1!");
    store->close();
    CHECK(store->counters().good_copies == (again == 0 ? 1U : 0U));
  }
  CHECK(problems.all().empty());
}

TEST_CASE("a file of a newer schema is refused and left alone") {
  TemporaryFolder folder;
  Problems problems;
  open(folder, problems, with_migration({"CREATE TABLE addition (number INTEGER PRIMARY KEY)"}))->close();
  const std::string before = content(folder.database());
  const auto store = Store::open(folder.path(), into(problems));
  REQUIRE_FALSE(store.ok());
  CHECK(store.error().code == ErrorCode::kInvalid);
  CHECK_THAT(store.error().words,
             Catch::Contains("written by a newer hearthd (schema 3, this one knows up to 2)"));
  CHECK(content(folder.database()) == before);
  CHECK(problems.all().empty());
}

TEST_CASE("a migration that fails leaves the file at its version and is no corruption") {
  TemporaryFolder folder;
  Problems problems;
  make_store_with_a_device(folder);
  const auto store =
      Store::open(folder.path(), into(problems),
                  with_migration({"UPDATE device SET name = 'half'", "UPDATE absent SET a = 1"}));
  REQUIRE_FALSE(store.ok());
  CHECK_THAT(store.error().words, Catch::Contains("schema 3: no such table: absent"));
  CHECK(problems.all().empty());
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(1)});
}

}  // namespace
}  // namespace hearth::store::test
