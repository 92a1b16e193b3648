// SQLite over bytes in memory.
#include "legacy.hpp"

#include <sqlite3.h>

#include <chrono>
#include <memory>

#include "hearth/log.hpp"

namespace hearth::athome {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kMagic{"SQLite format 3\0", 16};   // file format, section 1.3.1
constexpr std::size_t kWriteVersion = 18, kReadVersion = 19;  // section 1.3.3: 2 is a write-ahead log
constexpr std::size_t kHeader = 100;                          // section 1.3
constexpr int kOpsBetweenLooks = 10'000;                      // of SQLite's machine
constexpr int kLongestValue = 1 << 16;                        // bytes
constexpr auto kPatience = std::chrono::seconds(5);

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

Error about(sqlite3* database) {
  if (sqlite3_errcode(database) == SQLITE_INTERRUPT)
    return {ErrorCode::kInvalid, "the database takes too long to read"};
  return {ErrorCode::kInvalid, concat("not a database that can be read: ", sqlite3_errmsg(database))};
}

class Database {
 public:
  // The bytes outlive it.
  Status open(std::string& bytes) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE, nullptr);
    database_.reset(opened);
    if (status != SQLITE_OK) return {ErrorCode::kFailed, "no memory for the database"};
    auto* data = reinterpret_cast<unsigned char*>(bytes.data());
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    if (sqlite3_deserialize(opened, "main", data, size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
      return about(opened);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // A table of the original is a table; a view could make anything out of nothing.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, kLongestValue);
    sqlite3_progress_handler(
        opened, kOpsBetweenLooks,
        [](void* self) { return Clock::now() > static_cast<Database*>(self)->end_ ? 1 : 0; }, this);
    return {};
  }

  // `use(row)` for each row of `sql`.
  template <class Use>
  Status for_each(const char* sql, Use use) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr) != SQLITE_OK)
      return about(database_.get());
    const std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
    for (std::size_t rows = 0;; ++rows) {
      const int step = sqlite3_step(prepared);
      if (step == SQLITE_DONE) return {};
      if (step != SQLITE_ROW) return about(database_.get());
      if (rows == kMaxLegacyRows) return {ErrorCode::kInvalid, "more than 20000 rows in one table"};
      for (int column = 0; column < sqlite3_column_count(prepared); ++column)
        bytes_ += static_cast<std::size_t>(sqlite3_column_bytes(prepared, column));
      if (bytes_ > kMaxLegacyFile) return {ErrorCode::kInvalid, "the database holds too much"};
      use(prepared);
    }
  }

 private:
  std::unique_ptr<sqlite3, Close> database_;
  std::size_t bytes_ = 0;  // of what was read
  const Clock::time_point end_ = Clock::now() + kPatience;
};

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)))
               : std::string();
}

std::int64_t number(sqlite3_stmt* row, int column) { return sqlite3_column_int64(row, column); }

// Does the file end where its pages do? (File format, sections 1.3.2 and 1.3.8.)
bool is_whole(const std::string& bytes) {
  if (bytes.size() <= kHeader) return false;
  const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(bytes[at])}; };
  const auto page = byte(16) << 8 | byte(17);
  const auto size = page == 1 ? std::size_t{65536} : page;
  return size >= 512 && bytes.size() % size == 0;
}

// What is damaged inside is found before anything is believed.
Status check_pages(Database& database) {
  std::string found;
  auto status = database.for_each("PRAGMA quick_check(1)", [&](sqlite3_stmt* row) { found = text(row, 0); });
  if (!status.ok() || found == "ok") return status;
  return {ErrorCode::kInvalid, concat("the database is damaged: ", found.substr(0, 200))};
}

Status read_schema(Database& database, Legacy& legacy) {
  auto status = database.for_each("SELECT Version FROM SchemaVersion",
                                  [&](sqlite3_stmt* row) { legacy.schema = text(row, 0); });
  if (!status.ok())
    return {ErrorCode::kInvalid, concat("no database of AtHomePowerlineServer: ", status.error().words)};
  if (legacy.schema.starts_with("5.2.")) return {};
  return {ErrorCode::kInvalid,
          concat("its schema is '", legacy.schema.substr(0, 32),
                 "', and only 5.2 can be taken over: convert it with the original's scripts first")};
}

Status read_rows(Database& database, Legacy& legacy) {
  auto status = database.for_each(
      "SELECT id, name, location, mfg, address, channel, color, brightness FROM ManagedDevices ORDER BY id",
      [&](sqlite3_stmt* r) {
        legacy.devices.push_back({number(r, 0), text(r, 1), text(r, 2), text(r, 3), text(r, 4), text(r, 5),
                                  text(r, 6), text(r, 7)});
      });
  if (!status.ok()) return status;
  status = database.for_each(
      "SELECT id, name, daymask, triggermethod, time, offset, randomize, randomizeamount, command, color,"
      " brightness FROM Programs ORDER BY id",
      [&](sqlite3_stmt* r) {
        legacy.programs.push_back({number(r, 0), text(r, 1), text(r, 2), text(r, 3), text(r, 4), text(r, 5),
                                   number(r, 6), text(r, 7), text(r, 8), text(r, 9), text(r, 10)});
      });
  if (!status.ok()) return status;
  status = database.for_each("SELECT id, name FROM ActionGroups ORDER BY id", [&](sqlite3_stmt* r) {
    legacy.groups.push_back({number(r, 0), text(r, 1)});
  });
  if (!status.ok()) return status;
  const auto pair_into = [](std::vector<Legacy::Pair>& into) {
    return [&into](sqlite3_stmt* r) { into.emplace_back(number(r, 0), number(r, 1)); };
  };
  status = database.for_each("SELECT program_id, device_id FROM ProgramAssignments ORDER BY id",
                             pair_into(legacy.assignments));
  if (!status.ok()) return status;
  return database.for_each("SELECT group_id, device_id FROM ActionGroupDevices ORDER BY id",
                           pair_into(legacy.members));
}

}  // namespace

Result<Legacy> read_legacy(std::string bytes) {
  if (!bytes.starts_with(kMagic)) return Error{ErrorCode::kInvalid, "not an SQLite database"};
  if (!is_whole(bytes)) return Error{ErrorCode::kInvalid, "the database is cut off"};
  // In memory there is no log beside it; what the file itself holds can be read all the same.
  bytes[kWriteVersion] = bytes[kReadVersion] = 1;
  Database database;
  Legacy legacy;
  if (const auto status = database.open(bytes); !status.ok()) return status.error();
  if (const auto status = check_pages(database); !status.ok()) return status.error();
  if (const auto status = read_schema(database, legacy); !status.ok()) return status.error();
  if (const auto status = read_rows(database, legacy); !status.ok()) return status.error();
  return legacy;
}

}  // namespace hearth::athome
