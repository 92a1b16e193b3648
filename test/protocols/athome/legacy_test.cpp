// Databases of the original, and files that only look like one.
#include "protocols/athome/import/legacy.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace hearth;
using athome::Legacy;
using athome::read_legacy;

namespace {

// As far as they are read.
const std::string kVersion =
    "CREATE TABLE SchemaVersion (Version text);"
    "INSERT INTO SchemaVersion VALUES ('5.2.0.0');";
const std::string kDevices =
    "CREATE TABLE ManagedDevices (id integer PRIMARY KEY, name text, location text,"
    " mfg text, address text, channel integer, color integer, brightness text);";
const std::string kPrograms =
    "CREATE TABLE Programs (id integer PRIMARY KEY, name text, daymask text, triggermethod text,"
    " time timestamp, offset integer, randomize integer, randomizeamount integer, command text, color text,"
    " brightness integer);";
const std::string kGroups = "CREATE TABLE ActionGroups (id integer PRIMARY KEY, name text);";
const std::string kPairs =
    "CREATE TABLE ProgramAssignments (id integer PRIMARY KEY, device_id integer, program_id integer);"
    "CREATE TABLE ActionGroupDevices (id integer PRIMARY KEY, group_id integer, device_id integer);";
const std::string kTables = kVersion + kDevices + kPrograms + kGroups + kPairs;
const std::string kHousehold =
    kTables +
    "INSERT INTO ManagedDevices VALUES (3, 'Küche', 'Flur', 'dummy', 'lamp-3', 2, '#12AB34', 55);"
    "INSERT INTO ManagedDevices VALUES (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"
    "INSERT INTO Programs VALUES (4, 'Evening', 'MTWTF--', 'sunset', '1900-01-01 17:45:00', -15, 1, 30, 'on',"
    " '#FF8800', 40);"
    "INSERT INTO ActionGroups VALUES (7, 'All');"
    "INSERT INTO ProgramAssignments VALUES (1, 3, 4);"
    "INSERT INTO ActionGroupDevices VALUES (1, 7, 3), (2, 7, 1);";

void run(sqlite3* database, const std::string& sql) {
  char* words = nullptr;
  const int status = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &words);
  INFO((words ? words : ""));
  REQUIRE(status == SQLITE_OK);
}

// The bytes of a database that `sql` has made.
std::string database(const std::string& sql) {
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open(":memory:", &made) == SQLITE_OK);
  run(made, sql);
  sqlite3_int64 size = 0;
  auto* bytes = sqlite3_serialize(made, "main", &size, 0);
  REQUIRE(bytes != nullptr);
  std::string all(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(made);
  return all;
}

std::string rows(const std::string& table, std::size_t count, const std::string& values) {
  return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " + std::to_string(count) +
         ") INSERT INTO " + table + " SELECT " + values + " FROM n;";
}

// Refused as wrong, in words.
std::string refused(std::string bytes) {
  const auto legacy = read_legacy(std::move(bytes));
  if (legacy.ok()) return "it was read";
  CHECK(legacy.error().code == ErrorCode::kInvalid);
  CHECK_FALSE(legacy.error().words.empty());
  return legacy.error().words;
}

}  // namespace

TEST_CASE("a database is read as it stands, its rows in the order of their ids") {
  const auto legacy = read_legacy(database(kHousehold));
  REQUIRE(legacy.ok());
  CHECK(legacy->schema == "5.2.0.0");
  REQUIRE(legacy->devices.size() == 2);
  CHECK(legacy->devices[0].id == 1);
  CHECK(legacy->devices[0].name.empty());
  CHECK(legacy->devices[0].channel.empty());
  const auto& device = legacy->devices[1];
  CHECK(device.id == 3);
  CHECK(device.name == "Küche");
  CHECK(device.location == "Flur");
  CHECK(device.mfg == "dummy");
  CHECK(device.address == "lamp-3");
  CHECK(device.channel == "2");
  CHECK(device.color == "#12AB34");
  CHECK(device.brightness == "55");
  REQUIRE(legacy->programs.size() == 1);
  const auto& program = legacy->programs[0];
  CHECK(program.id == 4);
  CHECK(program.name == "Evening");
  CHECK(program.daymask == "MTWTF--");
  CHECK(program.triggermethod == "sunset");
  CHECK(program.time == "1900-01-01 17:45:00");
  CHECK(program.offset == "-15");
  CHECK(program.randomize == 1);
  CHECK(program.randomizeamount == "30");
  CHECK(program.command == "on");
  CHECK(program.color == "#FF8800");
  CHECK(program.brightness == "40");
  REQUIRE(legacy->groups.size() == 1);
  CHECK(legacy->groups[0].name == "All");
  CHECK(legacy->assignments == std::vector<Legacy::Pair>{{4, 3}});
  CHECK(legacy->members == std::vector<Legacy::Pair>{{7, 3}, {7, 1}});
}

TEST_CASE("a database without rows is an empty house") {
  const auto legacy = read_legacy(database(kTables));
  REQUIRE(legacy.ok());
  CHECK(legacy->devices.empty());
  CHECK(legacy->members.empty());
}

TEST_CASE("values of any type are read as text, and ids that are none as 0") {
  const auto legacy = read_legacy(
      database(kVersion + kPrograms + kGroups + kPairs +
               "CREATE TABLE ManagedDevices (id, name, location, mfg, address, channel, color, brightness);"
               "INSERT INTO ManagedDevices VALUES ('x', 1.5, x'61ff', 7, 'a' || char(0) || 'b', 'two', "
               "112233, 5.0);"));
  REQUIRE(legacy.ok());
  REQUIRE(legacy->devices.size() == 1);
  const auto& device = legacy->devices[0];
  CHECK(device.id == 0);
  CHECK(device.name == "1.5");
  CHECK(device.location == "a\xff");
  CHECK(device.mfg == "7");
  CHECK(device.address == std::string("a\0b", 3));
  CHECK(device.channel == "two");
  CHECK(device.color == "112233");
}

TEST_CASE("what is no SQLite database is refused") {
  const std::string magic("SQLite format 3\0", 16);
  for (const auto& bytes : {std::string(), std::string("SQLite"), magic, magic + "1234",
                            std::string(100, '\0'), std::string(5000, 'x'), std::string("{\"devices\": []}")})
    CHECK(refused(bytes) != "it was read");
  CHECK(refused("hello") == "not an SQLite database");
}

TEST_CASE("a head without a body is refused") {
  CHECK(refused(std::string("SQLite format 3\0", 16) + std::string(84, '\0')) != "it was read");
  CHECK(refused(std::string("SQLite format 3\0", 16) + std::string(8192, '\xff')) != "it was read");
}

TEST_CASE("a database that is cut off is refused, wherever") {
  const auto whole = database(kHousehold);
  for (std::size_t size = 0; size < whole.size(); size += 509) {
    INFO(size);
    CHECK(refused(whole.substr(0, size)) != "it was read");
  }
}

TEST_CASE("a database with wrong bytes is read or refused in words, and nothing worse") {
  const auto whole = database(kHousehold);
  for (std::size_t at = 16; at < whole.size(); at += 97) {
    for (const char wrong : {'\0', '\x01', '\x7f', '\xff'}) {
      auto bent = whole;
      bent[at] = wrong;
      const auto legacy = read_legacy(std::move(bent));
      if (!legacy.ok()) CHECK_FALSE(legacy.error().words.empty());
    }
  }
}

TEST_CASE("a file that was left in the mode of a write-ahead log is read") {
  std::string folder = (std::filesystem::temp_directory_path() / "hearth-legacy-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto file = std::filesystem::path(folder) / "AtHomePowerlineServer.sqlite3";
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &made) == SQLITE_OK);
  run(made, "PRAGMA journal_mode = WAL;" + kHousehold);
  sqlite3_close(made);
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove_all(folder);
  REQUIRE(bytes.size() > 20);
  REQUIRE(bytes[18] == 2);
  const auto legacy = read_legacy(bytes);
  REQUIRE(legacy.ok());
  CHECK(legacy->devices.size() == 2);
}

TEST_CASE("a view in the place of a table is refused, though its rows never end or never come") {
  const std::string endless = " AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT ";
  CHECK(refused(database("CREATE VIEW SchemaVersion" + endless + "'5.2.0.0' AS Version FROM n;" + kDevices +
                         kPrograms + kGroups + kPairs)) != "it was read");
  CHECK(refused(database(kVersion + kDevices + kPrograms + kPairs + "CREATE VIEW ActionGroups" + endless +
                         "i AS id, i AS name FROM n WHERE i < 0;")) != "it was read");
}

TEST_CASE("as many rows as are allowed are read, and one more is refused") {
  const std::pair<std::string, std::string> tables[] = {
      {"ManagedDevices", "i, 'n', 'l', 'dummy', i, 0, '', ''"},
      {"Programs", "i, 'n', 'MTWTFSS', 'none', '', 0, 0, 0, 'none', '', 0"},
      {"ActionGroups", "i, 'n'"},
      {"ProgramAssignments", "i, i, i"},
      {"ActionGroupDevices", "i, i, i"},
  };
  for (const auto& [table, values] : tables) {
    INFO(table);
    CHECK(read_legacy(database(kTables + rows(table, athome::kMaxLegacyRows, values))).ok());
    CHECK(refused(database(kTables + rows(table, athome::kMaxLegacyRows + 1, values)))
              .find("more than 20000 rows") != std::string::npos);
  }
}

TEST_CASE("a value longer than 64 KiB is refused") {
  CHECK(refused(database(
            kTables + "INSERT INTO ActionGroups VALUES (1, replace(hex(zeroblob(40000)), '00', 'xx'));")) !=
        "it was read");
}

TEST_CASE("another schema is refused with its name") {
  for (const std::string version : {"4.0.0.0", "5.1.0.0", "5.3.0.0", "5.20.0.0", "5.2", ""}) {
    auto sql = kHousehold + "UPDATE SchemaVersion SET Version = '" + version + "';";
    const auto words = refused(database(sql));
    CHECK(words.find("'" + version + "'") != std::string::npos);
  }
  const auto words = refused(
      database(kTables + "UPDATE SchemaVersion SET Version = replace(hex(zeroblob(9999)), '0', 'x');"));
  CHECK(words.size() < 200);
}

TEST_CASE("a database of something else is refused") {
  CHECK(refused(database("CREATE TABLE bookmarks (id integer)")).find("AtHomePowerlineServer") !=
        std::string::npos);
  CHECK(refused(database(kVersion)) != "it was read");
}

TEST_CASE("a database that lacks a table or a column is refused") {
  for (const std::string table :
       {"ManagedDevices", "Programs", "ActionGroups", "ProgramAssignments", "ActionGroupDevices"}) {
    INFO(table);
    CHECK(refused(database(kTables + "DROP TABLE " + table + ";")).find(table) != std::string::npos);
  }
  CHECK(refused(database(kVersion + kDevices + kPrograms + kPairs + "CREATE TABLE ActionGroups (id);"))
            .find("name") != std::string::npos);
}
