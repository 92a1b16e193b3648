// Workers: a plugin's own pool of threads for what may block, in order for each key.
#ifndef HEARTH_CORE_RUNTIME_WORKERS_HPP
#define HEARTH_CORE_RUNTIME_WORKERS_HPP

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// Jobs run on a worker, their `done` on the loop. The destructor joins: call stop() and wait for on_idle
// first.
class Workers {
 public:
  static constexpr std::size_t kMaxQueued = 4096;

  // `threads` at most, started when there is something to do.
  Workers(EventLoop& loop, std::size_t threads) : loop_(loop), max_threads_(threads) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();

  // [loop] See hearth_host.work. HEARTH_BUSY beyond kMaxQueued, HEARTH_CANCELLED once stopping.
  hearth_status submit(std::uint64_t key, hearth_work_fn run, hearth_task_fn done, void* arg);

  // [loop] Jobs not begun are done as cancelled, here and now; `on_idle` is posted once the running ones are
  // back.
  void stop(std::function<void()> on_idle);

 private:
  struct Job {
    std::uint64_t key;
    hearth_work_fn run;
    hearth_task_fn done;
    void* arg;
  };

  bool add_thread();
  void serve();
  void finished(const Job& job);

  EventLoop& loop_;
  const std::size_t max_threads_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<Job> ready_;
  std::unordered_map<std::uint64_t, std::deque<Job>>
      waiting_;  // a key stands here while one of its jobs is ready or runs
  std::vector<std::thread> threads_;
  std::size_t queued_ = 0;
  std::size_t running_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  bool quit_ = false;
  std::function<void()> on_idle_;
};

}  // namespace hearth::core

#endif
