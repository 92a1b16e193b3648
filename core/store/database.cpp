// One SQLite connection to hearth.db: opens, checks, migrates, reads, writes in groups, and makes the good
// copy.
#include "core/store/database.hpp"

#include <Poco/Data/DataException.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Statement.h>

#include <exception>

#include "core/store/queries.hpp"

namespace hearth::store {
namespace {

namespace sqlite = Poco::Data::SQLite;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;

template <class... Exceptions>
bool is_one_of(const Poco::Exception& exception) {
  return ((dynamic_cast<const Exceptions*>(&exception) != nullptr) || ...);
}

// What may pass by itself: the place is at fault, neither the file's content nor the change.
bool is_disk_fault(const Poco::Exception& exception) {
  return is_one_of<sqlite::DatabaseFullException, sqlite::IOErrorException, sqlite::ReadOnlyException,
                   sqlite::DBLockedException, sqlite::TableLockedException, sqlite::CantOpenDBFileException,
                   sqlite::LockProtocolException, sqlite::DBAccessDeniedException, sqlite::NoMemoryException,
                   Poco::Data::ConnectionFailedException>(exception);
}

// SQLite's words; Poco says most of them twice ("X: X").
std::string words_of(const Poco::Exception& exception) {
  std::string words = exception.message();
  const std::size_t half = words.size() / 2;
  if (half > 1 && words.substr(half + 1) == words.substr(0, half - 1) &&
      words.compare(half - 1, 2, ": ") == 0) {
    words.resize(half - 1);
  }
  return words.empty() ? exception.displayText() : words;
}

Outcome judge_open(const Poco::Exception& exception) {
  if (is_one_of<sqlite::DBLockedException>(exception)) {
    return {Fault::kDisk, "another process uses the database"};
  }
  return {is_disk_fault(exception) ? Fault::kDisk : Fault::kCorrupt, words_of(exception)};
}

// First those that decide how the file is opened; nothing may be read before.
constexpr const char* kPragmas[] = {
    "busy_timeout = 250",  // milliseconds; only another process can make it wait, and only at open
    "locking_mode = EXCLUSIVE",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "wal_autocheckpoint = 256",  // pages: a log of 1 MiB, read back quickly after a crash
    "journal_size_limit = 1048576",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "cache_size = -512",  // KiB
};

}  // namespace

Outcome Database::open(const std::vector<Migration>& migrations) {
  try {
    sqlite::Connector::registerConnector();
    session_.emplace(sqlite::Connector::KEY, folder_.database().string());
    for (const char* pragma : kPragmas) run(std::string("PRAGMA ") + pragma);
    check();
  } catch (const Poco::Exception& exception) {
    return judge_open(exception);
  } catch (const std::exception& exception) {
    return {Fault::kDisk, exception.what()};
  }
  return migrate(migrations);
}

// Throws what SQLite throws for a corrupt file.
void Database::check() {
  std::string verdict;
  *session_ << "PRAGMA quick_check(1)", into(verdict), now;
  if (verdict != "ok") throw sqlite::CorruptImageException(verdict);
}

Outcome Database::migrate(const std::vector<Migration>& migrations) {
  std::int64_t version = 0;
  try {
    version = number("PRAGMA user_version");
    const auto newest = static_cast<std::int64_t>(migrations.size());
    if (version < 0) return {Fault::kCorrupt, "its version is " + std::to_string(version)};
    if (version > newest) {
      return {Fault::kRefused, "it was written by a newer hearthd (schema " + std::to_string(version) +
                                   ", this one knows up to " + std::to_string(newest) +
                                   "): install that one, or move the file away"};
    }
    for (; version < newest; ++version) {
      begin(true);
      for (const std::string& sql : migrations[static_cast<std::size_t>(version)].statements) run(sql);
      run("PRAGMA user_version = " + std::to_string(version + 1));
      commit();
    }
  } catch (const Poco::Exception& exception) {
    roll_back();
    const std::string words = "schema " + std::to_string(version + 1) + ": " + words_of(exception);
    if (is_disk_fault(exception)) return {Fault::kDisk, words};
    if (is_one_of<sqlite::CorruptImageException>(exception)) return {Fault::kCorrupt, words};
    return {Fault::kRefused, words};
  }
  return {};
}

Outcome Database::read(Snapshot& into) {
  try {
    into = read_snapshot(*session_);
  } catch (const Poco::Exception& exception) {
    return judge_open(exception);
  } catch (const std::exception& exception) {
    return {Fault::kCorrupt, exception.what()};
  }
  return {};
}

Outcome Database::write(const std::vector<const Change*>& changes, std::vector<Status>& verdicts) {
  verdicts.assign(changes.size(), Status());
  try {
    begin(true);
    for (std::size_t i = 0; i < changes.size(); ++i) verdicts[i] = apply_one(*changes[i]);
    commit();
  } catch (const Poco::Exception& exception) {
    return judge_write(exception);
  } catch (const std::exception& exception) {
    roll_back();
    return {Fault::kDisk, exception.what()};
  }
  return {};
}

Outcome Database::write(const States& states) {
  try {
    begin(false);
    for (const auto& [key, row] : states) save_state(*session_, row);
    commit();
  } catch (const Poco::Exception& exception) {
    return judge_write(exception);
  } catch (const std::exception& exception) {
    roll_back();
    return {Fault::kDisk, exception.what()};
  }
  return {};
}

Status Database::apply_one(const Change& change) {
  run("SAVEPOINT change");
  try {
    apply(*session_, change);
  } catch (const Poco::Exception& exception) {
    if (is_disk_fault(exception) || is_one_of<sqlite::CorruptImageException>(exception)) throw;
    run("ROLLBACK TO change");
    run("RELEASE change");
    return {ErrorCode::kInvalid, words_of(exception)};
  }
  run("RELEASE change");
  return {};
}

void Database::begin(bool durable) {
  if (sync_failed_) {
    // The kernel forgets pages that it failed to write: later ones in the log could be whole and unreachable.
    // What its cache still holds goes into hearth.db itself, and the log starts anew.
    run("PRAGMA wal_checkpoint(TRUNCATE)");
    sync_failed_ = false;
  }
  if (durable != durable_) {
    run(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    durable_ = durable;
  }
  run("BEGIN IMMEDIATE");
}

void Database::commit() {
  if (!marked_) run("UPDATE copy_mark SET generation = random()");
  run("COMMIT");
  marked_ = true;
}

void Database::roll_back() {
  try {
    run("ROLLBACK");
  } catch (const Poco::Exception&) {  // SQLite has done so itself after most errors
  }
}

Outcome Database::judge_write(const Poco::Exception& exception) {
  roll_back();
  if (is_one_of<sqlite::IOErrorException>(exception)) sync_failed_ = true;
  if (is_one_of<sqlite::CorruptImageException>(exception)) {
    return {Fault::kCorrupt, words_of(exception) + " (a restart will start from the last good copy)"};
  }
  return {Fault::kDisk, words_of(exception)};
}

Result<bool> Database::refresh_good_copy() {
  if (good_copy_is_current()) return false;
  if (Status made = make_good_copy(); !made) {
    folder_.discard_copy();
    return made.error();
  }
  marked_ = false;
  return true;
}

Status Database::make_good_copy() {
  try {
    check();
    if (Status made = folder_.prepare_copy(); !made) return made;
    *session_ << "VACUUM main INTO ?", bind(folder_.unfinished_copy().string()), now;
  } catch (const Poco::Exception& exception) {
    return {ErrorCode::kFailed, words_of(exception)};
  } catch (const std::exception& exception) {
    return {ErrorCode::kFailed, exception.what()};
  }
  return folder_.publish_copy();
}

bool Database::good_copy_is_current() {
  if (!folder_.has_good_copy()) return false;
  bool current = false;
  try {
    *session_ << "ATTACH ? AS good", bind(folder_.good_copy().string()), now;
    current =
        number("SELECT generation FROM good.copy_mark") == number("SELECT generation FROM main.copy_mark") &&
        number("PRAGMA good.user_version") == number("PRAGMA main.user_version");
  } catch (const Poco::Exception&) {  // unreadable: a new one takes its place
  }
  try {
    run("DETACH good");
  } catch (const Poco::Exception&) {  // it was never attached
  }
  return current;
}

void Database::run(const std::string& sql) { *session_ << sql, now; }

std::int64_t Database::number(const std::string& sql) {
  std::int64_t value = 0;
  *session_ << sql, into(value), now;
  return value;
}

}  // namespace hearth::store
