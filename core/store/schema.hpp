// The database's versions: an ordered list of migrations, each applied once, in a transaction of its own.
#ifndef HEARTH_CORE_STORE_SCHEMA_HPP
#define HEARTH_CORE_STORE_SCHEMA_HPP

#include <string>
#include <vector>

namespace hearth::store {

// Migration i (from 0) leads from version i to i + 1; PRAGMA user_version tells where a file stands. A
// released migration is never edited: a change of the schema is a new one at the end.
struct Migration {
  std::vector<std::string> statements;
};

std::vector<Migration> schema();

}  // namespace hearth::store

#endif
