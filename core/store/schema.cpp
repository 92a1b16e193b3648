// The migrations of hearth.db.
#include "core/store/schema.hpp"

namespace hearth::store {

std::vector<Migration> schema() {
  return {
      // AUTOINCREMENT: SQLite remembers the highest number ever stored, so that none is given twice.
      // copy_mark: the first write after a good copy gives it another generation; equal ones mean an equal
      // content.
      Migration{{
          R"(CREATE TABLE device (
               number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, plugin TEXT NOT NULL,
               name TEXT NOT NULL, location TEXT NOT NULL, address TEXT NOT NULL, channel INTEGER NOT NULL,
               wanted INTEGER NOT NULL, named INTEGER NOT NULL, declaration BLOB NOT NULL) STRICT)",
          R"(CREATE TABLE device_group (
               number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL) STRICT)",
          R"(CREATE TABLE member (
               group_number INTEGER NOT NULL REFERENCES device_group(number) ON DELETE CASCADE,
               device INTEGER NOT NULL REFERENCES device(number) ON DELETE CASCADE,
               position INTEGER NOT NULL, PRIMARY KEY (group_number, device)) STRICT, WITHOUT ROWID)",
          R"(CREATE INDEX member_device ON member(device))",
          R"(CREATE TABLE state (
               device INTEGER NOT NULL REFERENCES device(number) ON DELETE CASCADE, capability TEXT NOT NULL,
               reported TEXT NOT NULL, reported_us INTEGER NOT NULL, desired TEXT NOT NULL,
               desired_us INTEGER NOT NULL, PRIMARY KEY (device, capability)) STRICT, WITHOUT ROWID)",
          R"(CREATE TABLE plugin_data (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT)",
          R"(CREATE TABLE setting (
               key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID)",
          R"(CREATE TABLE copy_mark (
               id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL) STRICT)",
          R"(INSERT INTO copy_mark VALUES (1, 0))",
      }},
      // Programs. Nothing rides on the order of days in firing: the newest are those stored last.
      Migration{{
          R"(CREATE TABLE program (
               number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, days TEXT NOT NULL,
               trigger_by TEXT NOT NULL, time_s INTEGER NOT NULL, offset_min INTEGER NOT NULL,
               randomize INTEGER NOT NULL, random_min INTEGER NOT NULL, command TEXT NOT NULL,
               brightness INTEGER NOT NULL, color TEXT NOT NULL, updated_us INTEGER NOT NULL) STRICT)",
          R"(CREATE TABLE assignment (
               program INTEGER NOT NULL REFERENCES program(number) ON DELETE CASCADE,
               device INTEGER NOT NULL REFERENCES device(number) ON DELETE CASCADE,
               position INTEGER NOT NULL, PRIMARY KEY (program, device)) STRICT, WITHOUT ROWID)",
          R"(CREATE INDEX assignment_device ON assignment(device))",
          R"(CREATE TABLE firing (
               sequence INTEGER PRIMARY KEY,
               program INTEGER NOT NULL REFERENCES program(number) ON DELETE CASCADE,
               day INTEGER NOT NULL, UNIQUE (program, day)) STRICT)",
      }},
  };
}

}  // namespace hearth::store
