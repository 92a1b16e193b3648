// What must not be read of a database that is cut off, and is.
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "protocols/athome/import/legacy.hpp"

using namespace hearth;

namespace {

// One page for each table, that of the groups' members last.
std::string household() {
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open(":memory:", &made) == SQLITE_OK);
  const auto* sql =
      "PRAGMA page_size = 4096;"
      "CREATE TABLE SchemaVersion (Version text); INSERT INTO SchemaVersion VALUES ('5.2.0.0');"
      "CREATE TABLE ManagedDevices (id integer PRIMARY KEY, name, location, mfg, address, channel, color,"
      " brightness);"
      "CREATE TABLE Programs (id integer PRIMARY KEY, name, daymask, triggermethod, time, offset, randomize,"
      " randomizeamount, command, color, brightness);"
      "CREATE TABLE ActionGroups (id integer PRIMARY KEY, name);"
      "CREATE TABLE ProgramAssignments (id integer PRIMARY KEY, device_id, program_id);"
      "CREATE TABLE ActionGroupDevices (id integer PRIMARY KEY, group_id, device_id);"
      "INSERT INTO ActionGroupDevices VALUES (1, 7, 3), (2, 7, 4);";
  REQUIRE(sqlite3_exec(made, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_int64 size = 0;
  auto* bytes = sqlite3_serialize(made, "main", &size, 0);
  std::string all(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(made);
  return all;
}

}  // namespace

TEST_CASE("a database that is cut off within its last page is refused") {
  const auto whole = household();
  REQUIRE(athome::read_legacy(whole).ok());
  const auto cut = athome::read_legacy(whole.substr(0, whole.size() - 2048));
  INFO((cut.ok() ? std::to_string(cut->members.size()) + " members were read" : cut.error().words));
  CHECK_FALSE(cut.ok());
}
