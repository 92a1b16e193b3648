// One SQLite connection to hearth.db: opens, checks, migrates, reads, writes in groups, and makes the good
// copy.
#ifndef HEARTH_CORE_STORE_DATABASE_HPP
#define HEARTH_CORE_STORE_DATABASE_HPP

#include <Poco/Data/Session.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/store/folder.hpp"
#include "core/store/rows.hpp"
#include "core/store/schema.hpp"
#include "hearth/status.hpp"

namespace hearth::store {

enum class Fault {
  kNone,
  kDisk,     // full, read-only, locked, I/O error: may pass
  kCorrupt,  // the file is not a whole hearth.db
  kRefused,  // whole, but not for this server: a newer schema, or a migration that failed
};

struct Outcome {
  Fault fault = Fault::kNone;
  std::string words;
  bool ok() const { return fault == Fault::kNone; }
};

// Used by one thread at a time. Nothing throws.
//
// One connection in exclusive locking mode: a second would need the shared-memory index, a mapped file that a
// full disk turns into SIGBUS. So durability is switched between transactions: counted with strace, a FULL
// one costs one fdatasync of the log, a NORMAL one none, and the switch itself touches no file.
class Database {
 public:
  // `folder` outlives it.
  explicit Database(const Folder& folder) : folder_(folder) {}
  // Ends the connection; SQLite then moves its log into hearth.db.
  ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Opens hearth.db (made before by the folder), checks it and brings it to the newest version.
  Outcome open(const std::vector<Migration>& migrations);
  Outcome read(Snapshot& into);

  // One transaction for all, durable against power loss when it returns ok. A change that is itself wrong (a
  // member that isn't there, an id used twice) is left out, the others stand: verdicts[i] is change i's own.
  Outcome write(const std::vector<const Change*>& changes, std::vector<Status>& verdicts);
  // One transaction for all; durable against a crash of the server, not against power loss.
  Outcome write(const States& states);

  // Makes hearth.db.good unless it has this content already. Checks first, so that a bad content never
  // replaces it. True when a copy was made.
  Result<bool> refresh_good_copy();

 private:
  void check();
  Outcome migrate(const std::vector<Migration>& migrations);
  void begin(bool durable);
  void commit();
  void roll_back();
  Status apply_one(const Change& change);
  bool good_copy_is_current();
  Status make_good_copy();
  void run(const std::string& sql);
  std::int64_t number(const std::string& sql);
  Outcome judge_write(const Poco::Exception& exception);

  const Folder& folder_;
  std::optional<Poco::Data::Session> session_;
  bool durable_ = false;      // what PRAGMA synchronous says now
  bool marked_ = false;       // this content already differs from the good copy by its generation
  bool sync_failed_ = false;  // the log on disk may lack what the kernel dropped
};

}  // namespace hearth::store

#endif
