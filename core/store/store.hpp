// Keeps devices, groups, programs, states, plugin data and settings on disk without letting anyone wait for
// the disk.
#ifndef HEARTH_CORE_STORE_STORE_HPP
#define HEARTH_CORE_STORE_STORE_HPP

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/store/rows.hpp"
#include "core/store/schema.hpp"
#include "hearth/status.hpp"

namespace hearth::store {

class Database;
class Folder;

// Words for a person: something went wrong with the disk, or works again. Any thread.
using OnProblem = std::function<void(std::string words)>;
// A change's outcome. Called exactly once, on the store's thread (post it to your own loop); must not throw.
// ok: durable, against power loss too. kInvalid: the change itself is wrong and was dropped. kFailed: not on
// disk now; it is kept in memory and tried again before anything newer. kBusy: too much waits already, it was
// dropped. kCancelled: the store is closed; called by write() itself.
using Done = std::function<void(Status)>;

struct Options {
  std::chrono::milliseconds state_interval{5000};  // a state is on disk at the latest so long after it came
  std::chrono::milliseconds first_retry{1000};     // after a failure; doubled each time
  std::chrono::milliseconds longest_retry{60000};
  std::size_t most_changes = 10000;                   // waiting in memory, however long the disk is full
  std::size_t most_bytes = std::size_t{16} << 20;     // of those together
  std::size_t largest_change = std::size_t{1} << 20;  // bytes
  std::vector<Migration> migrations = schema();
};

// Since open. For tests and for who looks at the server's health.
struct Counters {
  std::uint64_t change_transactions = 0;
  std::uint64_t state_transactions = 0;
  std::uint64_t good_copies = 0;
  std::uint64_t failures = 0;
};

// hearth.db (SQLite, write-ahead log, mode 0600) in a folder that one process holds at a time.
//
// One thread writes: whatever came while it was busy becomes its next transaction. When nothing changes,
// nothing is written. Changes are durable when acknowledged; states are coalesced and written in groups
// without waiting for the disk, so that power loss costs the latest seconds of them and nothing else.
//
// hearth.db.good is a copy made after the file was found whole: at open and close, if the content changed
// since. A corrupt hearth.db is kept as hearth.db.corrupt-<time>, the good copy takes its place, and
// OnProblem says so.
class Store {
  struct Parts;  // what open() puts together

 public:
  // Blocks for some milliseconds. The folder must exist. Errors: another process holds it, the place can't be
  // written, a newer hearthd wrote the file.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder, OnProblem problem,
                                             Options options = {});
  explicit Store(Parts&& parts);
  ~Store();  // closes
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // What was there at open; once, later it is empty. [the thread that opened]
  Snapshot take_snapshot();

  // [any thread] Never waits for the disk.
  void write(Change change, Done done);
  // [any thread] Never waits for the disk. No answer; a newer state takes an unsaved one's place.
  void write_state(StateRow row);

  // Writes what is left, makes the good copy if needed, ends the thread. Not on the store's thread. Again:
  // nothing.
  void close();

  // [any thread]
  Counters counters() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Waiting {
    Change change;
    Done done;  // empty once the failure was told
    std::size_t bytes = 0;
  };
  struct Refused {
    Done done;
    Status reason;
  };
  // What woke the thread, taken out from under the lock at once.
  struct Batch {
    std::deque<Waiting> changes;
    std::vector<Refused> refused;
    States states;
    bool attempt = false;  // false: in trouble, and the next attempt isn't due yet
    bool last = false;
  };

  std::unique_ptr<Folder> folder_;
  Snapshot snapshot_;
  const OnProblem problem_;
  const Options options_;

  // On the store's thread, as all below up to the queue.
  void run();
  Batch next_batch();
  void take(Batch& batch);
  bool save_changes();
  bool save_states(States& states);
  void answer_postponed_with_failure();
  void failed(const std::string& words);
  void succeeded();
  void refresh_good_copy();
  void finish();

  std::unique_ptr<Database> database_;
  std::deque<Waiting> postponed_;  // oldest first: what the next transaction writes
  bool in_trouble_ = false;
  bool overflow_told_ = false;
  std::string trouble_;
  Clock::time_point last_attempt_;
  std::chrono::milliseconds retry_delay_{0};

  // The queue between any thread and the store's. A lock, because callers have no loop in common; it is held
  // to move things in or out, never while writing.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> incoming_;
  std::vector<Refused> refused_;
  States states_;
  Clock::time_point states_due_;     // while states_ isn't empty
  std::size_t waiting_changes_ = 0;  // in incoming_ or postponed_
  std::size_t waiting_bytes_ = 0;
  bool closing_ = false;

  std::atomic<std::uint64_t> change_transactions_{0};
  std::atomic<std::uint64_t> state_transactions_{0};
  std::atomic<std::uint64_t> good_copies_{0};
  std::atomic<std::uint64_t> failures_{0};

  std::thread thread_;
};

}  // namespace hearth::store

#endif
