// Keeps devices, groups, programs, states, plugin data and settings on disk without letting anyone wait for
// the disk.
#include "core/store/store.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/store/database.hpp"
#include "core/store/folder.hpp"
#include "core/store/recovery.hpp"

namespace hearth::store {
namespace {

std::size_t content(const PutDevice& change) {
  const DeviceRow& row = change.row;
  return row.id.size() + row.plugin.size() + row.name.size() + row.location.size() + row.address.size() +
         row.declaration.size();
}
std::size_t content(const PutGroup& change) {
  return change.row.name.size() + change.row.devices.size() * sizeof(std::int64_t);
}
std::size_t content(const PutProgram& change) {
  const ProgramRow& row = change.row;
  return row.name.size() + row.days.size() + row.color.size() + row.devices.size() * sizeof(std::int64_t);
}
template <class Puts>
std::size_t sum_of(const Puts& puts) {
  std::size_t sum = 0;
  for (const auto& put : puts) sum += sizeof(put) + content(put);
  return sum;
}
std::size_t content(const PutTogether& change) {
  return sum_of(change.devices) + sum_of(change.groups) + sum_of(change.programs);
}
std::size_t content(const PutPluginData& change) { return change.key.size() + change.value.size(); }
std::size_t content(const PutSetting& change) { return change.key.size() + change.value.size(); }
std::size_t content(const RemovePluginData& change) { return change.key.size(); }
std::size_t content(const RemoveSetting& change) { return change.key.size(); }
std::size_t content(const RemoveDevice&) { return 0; }
std::size_t content(const RemoveGroup&) { return 0; }
std::size_t content(const RemoveProgram&) { return 0; }
std::size_t content(const PutFiring&) { return 0; }

std::size_t bytes_of(const Change& change) {
  return sizeof(Change) + std::visit([](const auto& one) { return content(one); }, change);
}

}  // namespace

struct Store::Parts {
  std::unique_ptr<Folder> folder;
  Opened opened;
  OnProblem problem;
  Options options;
};

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder, OnProblem problem,
                                           Options options) {
  if (!problem) problem = [](const std::string&) {};
  Result<std::unique_ptr<Folder>> locked = Folder::lock(folder);
  if (!locked) return locked.error();
  Result<Opened> opened = open_or_recover(**locked, options.migrations, problem);
  if (!opened) return opened.error();
  auto store = std::make_unique<Store>(
      Parts{std::move(*locked), std::move(*opened), std::move(problem), std::move(options)});
  try {
    store->thread_ = std::thread([raw = store.get()] { raw->run(); });
  } catch (const std::system_error& error) {
    return Error{ErrorCode::kFailed, std::string("can't start the store's thread: ") + error.what()};
  }
  return store;
}

Store::Store(Parts&& parts)
    : folder_(std::move(parts.folder)),
      snapshot_(std::move(parts.opened.snapshot)),
      problem_(std::move(parts.problem)),
      options_(std::move(parts.options)),
      database_(std::move(parts.opened.database)) {}

Store::~Store() { close(); }

Snapshot Store::take_snapshot() { return std::exchange(snapshot_, {}); }

Counters Store::counters() const {
  return {.change_transactions = change_transactions_,
          .state_transactions = state_transactions_,
          .good_copies = good_copies_,
          .failures = failures_};
}

void Store::write(Change change, Done done) {
  if (!done) done = [](const Status&) {};
  const std::size_t bytes = bytes_of(change);
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) {
      const bool together = std::holds_alternative<PutTogether>(change);  // of many, each of which is small
      if (bytes > options_.largest_change && !together) {
        refused_.push_back({std::move(done), {ErrorCode::kInvalid, "the change is too large to be stored"}});
      } else if (waiting_changes_ >= options_.most_changes || waiting_bytes_ + bytes > options_.most_bytes) {
        refused_.push_back({std::move(done), {ErrorCode::kBusy, "too many changes wait to be stored"}});
      } else {
        incoming_.push_back({std::move(change), std::move(done), bytes});
        ++waiting_changes_;
        waiting_bytes_ += bytes;
      }
      wake_.notify_one();
      return;
    }
  }
  done({ErrorCode::kCancelled, "the store is closed"});
}

void Store::write_state(StateRow row) {
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  const bool first = states_.empty();
  StateKey key(row.device, row.capability);
  states_.insert_or_assign(std::move(key), std::move(row));
  if (!first) return;
  states_due_ = Clock::now() + options_.state_interval;
  wake_.notify_one();
}

void Store::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  database_.reset();
  folder_.reset();
}

void Store::run() {
  refresh_good_copy();
  for (bool last = false; !last;) {
    Batch batch = next_batch();
    last = batch.last;
    take(batch);
    if (!batch.attempt) {
      answer_postponed_with_failure();
    } else if (save_changes() && save_states(batch.states)) {
      succeeded();
    }
    if (batch.states.empty()) continue;
    const std::lock_guard lock(mutex_);
    states_.merge(batch.states);  // those that came meanwhile are newer and stay
  }
  finish();
}

Store::Batch Store::next_batch() {
  Batch batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    const Clock::time_point now = Clock::now();
    const Clock::time_point retry_at = last_attempt_ + retry_delay_;
    const bool retry = in_trouble_ && now >= retry_at;
    const bool states_due = !in_trouble_ && !states_.empty() && now >= states_due_;
    const bool fresh = !incoming_.empty();
    if (closing_ || retry || states_due || fresh || !refused_.empty()) {
      // A new change is reason enough to try again soon: somebody waits for its outcome.
      const bool on_demand = fresh && now >= last_attempt_ + options_.first_retry;
      batch.attempt = !in_trouble_ || closing_ || retry || on_demand;
      batch.last = closing_;
      batch.changes.swap(incoming_);
      batch.refused.swap(refused_);
      if (closing_ || states_due || (in_trouble_ && batch.attempt)) batch.states.swap(states_);
      return batch;
    }
    if (in_trouble_) {
      wake_.wait_until(lock, retry_at);
    } else if (!states_.empty()) {
      wake_.wait_until(lock, states_due_);
    } else {
      wake_.wait(lock);
    }
  }
}

// Its changes join those that wait, its refusals are answered.
void Store::take(Batch& batch) {
  for (Waiting& waiting : batch.changes) postponed_.push_back(std::move(waiting));
  batch.changes.clear();
  const auto busy = [](const Refused& refused) { return refused.reason.error().code == ErrorCode::kBusy; };
  if (in_trouble_ && !overflow_told_ && std::any_of(batch.refused.begin(), batch.refused.end(), busy)) {
    overflow_told_ = true;
    problem_("store: " + std::to_string(postponed_.size()) +
             " changes wait for the disk; newer ones are not kept until they are saved");
  }
  for (Refused& refused : batch.refused) refused.done(std::move(refused.reason));
  batch.refused.clear();
}

bool Store::save_changes() {
  if (postponed_.empty()) return true;
  std::vector<const Change*> changes;
  changes.reserve(postponed_.size());
  for (const Waiting& waiting : postponed_) changes.push_back(&waiting.change);
  std::vector<Status> verdicts;
  const Outcome outcome = database_->write(changes, verdicts);
  if (!outcome.ok()) {
    failed(outcome.words);
    answer_postponed_with_failure();
    return false;
  }
  ++change_transactions_;
  const std::deque<Waiting> saved = std::exchange(postponed_, {});
  {
    const std::lock_guard lock(mutex_);
    waiting_changes_ -= saved.size();
    for (const Waiting& waiting : saved) waiting_bytes_ -= waiting.bytes;
  }
  for (std::size_t i = 0; i < saved.size(); ++i) {
    if (saved[i].done) saved[i].done(std::move(verdicts[i]));
  }
  return true;
}

bool Store::save_states(States& states) {
  if (states.empty()) return true;
  const Outcome outcome = database_->write(states);
  if (!outcome.ok()) {
    failed(outcome.words);
    return false;
  }
  ++state_transactions_;
  states.clear();
  return true;
}

void Store::answer_postponed_with_failure() {
  // From the newest back to where the failure was told already.
  auto first = postponed_.end();
  while (first != postponed_.begin() && std::prev(first)->done) --first;
  for (; first != postponed_.end(); ++first) {
    std::exchange(first->done, nullptr)(
        {ErrorCode::kFailed, "not on disk (" + trouble_ + "): kept in memory, will be tried again"});
  }
}

void Store::failed(const std::string& words) {
  ++failures_;
  last_attempt_ = Clock::now();
  trouble_ = words;
  if (in_trouble_) {
    retry_delay_ = std::min(retry_delay_ * 2, options_.longest_retry);
    return;
  }
  in_trouble_ = true;
  retry_delay_ = options_.first_retry;
  problem_("store: can't save (" + words + "): changes are kept in memory and tried again");
}

void Store::succeeded() {
  if (!in_trouble_) return;
  in_trouble_ = false;
  overflow_told_ = false;
  problem_("store: saving works again, everything that waited is on disk");
}

void Store::refresh_good_copy() {
  const Result<bool> made = database_->refresh_good_copy();
  if (!made) {
    problem_("store: no good copy of the database could be made: " + made.error().words);
  } else if (*made) {
    ++good_copies_;
  }
}

void Store::finish() {
  if (in_trouble_) {
    std::size_t states = 0;
    {
      const std::lock_guard lock(mutex_);
      states = states_.size();
    }
    problem_("store: closed while it can't save (" + trouble_ + "): " + std::to_string(postponed_.size()) +
             " changes and " + std::to_string(states) + " states are lost");
  } else {
    refresh_good_copy();
  }
  database_.reset();
}

}  // namespace hearth::store
