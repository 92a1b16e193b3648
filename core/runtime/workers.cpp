// Jobs with an equal key follow each other: the next becomes ready when the one before it has finished.
#include "core/runtime/workers.hpp"

#include <system_error>
#include <utility>

namespace hearth::core {

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

hearth_status Workers::submit(std::uint64_t key, hearth_work_fn run, hearth_task_fn done, void* arg) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return HEARTH_CANCELLED;
  if (queued_ >= kMaxQueued) return HEARTH_BUSY;
  ++queued_;
  const Job job{key, run, done, arg};
  if (key != 0) {
    const auto [same, first] = waiting_.try_emplace(key);
    if (!first) {
      same->second.push_back(job);
      return HEARTH_OK;
    }
  }
  ready_.push_back(job);
  if (idle_ >= ready_.size()) {
    changed_.notify_one();
  } else if (!add_thread()) {
    ready_.pop_back();
    --queued_;
    waiting_.erase(key);
    return HEARTH_BUSY;
  }
  return HEARTH_OK;
}

// False if there is none at all, because the system gives none.
bool Workers::add_thread() {
  if (threads_.size() == max_threads_) return true;
  try {
    threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
  return true;
}

void Workers::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return quit_ || !ready_.empty(); });
    --idle_;
    if (quit_) return;
    const Job job = ready_.front();
    ready_.pop_front();
    --queued_;
    ++running_;
    lock.unlock();
    job.run(job.arg);
    loop_.post(job.done, job.arg);
    lock.lock();
    finished(job);
  }
}

// Under the lock.
void Workers::finished(const Job& job) {
  --running_;
  if (job.key != 0) {
    const auto same = waiting_.find(job.key);
    if (same->second.empty()) {
      waiting_.erase(same);
    } else {
      ready_.push_back(same->second.front());
      same->second.pop_front();
      changed_.notify_one();
    }
  }
  if (stopping_ && running_ == 0 && on_idle_) loop_.post(std::exchange(on_idle_, {}));
}

void Workers::stop(std::function<void()> on_idle) {
  std::vector<Job> cancelled;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    cancelled.assign(ready_.begin(), ready_.end());
    ready_.clear();
    for (auto& [key, jobs] : waiting_) {
      cancelled.insert(cancelled.end(), jobs.begin(), jobs.end());
      jobs.clear();
    }
    queued_ = 0;
    if (running_ == 0) {
      loop_.post(std::move(on_idle));
    } else {
      on_idle_ = std::move(on_idle);
    }
  }
  for (const auto& job : cancelled) job.done(job.arg, HEARTH_CANCELLED);
}

}  // namespace hearth::core
