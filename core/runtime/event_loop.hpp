// EventLoop: one thread's epoll loop: descriptors, timers, posted functions, and queues that it empties.
#ifndef HEARTH_CORE_RUNTIME_EVENT_LOOP_HPP
#define HEARTH_CORE_RUNTIME_EVENT_LOOP_HPP

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/runtime/timers.hpp"
#include "hearth/abi.h"
#include "hearth/status.hpp"

namespace hearth::core {

// Microseconds; the steady clock never jumps, the wall clock counts from 1970. Any thread.
std::int64_t steady_now_us();
std::int64_t wall_now_us();

// What a loop shows of itself to whoever watches it, from another thread or through shared memory.
struct Vitals {
  std::atomic<std::int64_t> busy_since_us{0};  // when the running callback began (steady); 0: it sleeps
  std::atomic<std::int64_t> longest_us{0};     // the longest callback yet
  std::atomic<std::uint64_t> refused{0};       // messages of the plugin that were not taken: too many waited
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// Something that the loop empties whenever it is awake.
class LoopSource {
 public:
  virtual ~LoopSource() = default;
  // [loop] Handles what is there, in bounded portions; true if there is more.
  virtual bool drain() = 0;
  // [loop] True if nothing is there; then whoever puts something in calls EventLoop::wake.
  virtual bool try_sleep() = 0;
};

// run() is called by the thread that is to be the loop; it and everything marked [loop] belong to that
// thread.
class EventLoop {
 public:
  // `vitals`, if not null, is where it shows how it is, and outlives it.
  explicit EventLoop(Vitals* vitals = nullptr);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // Returns after quit(); may be called again then.
  void run();
  // [any]
  void quit();
  // [any] Makes a sleeping loop look at its sources. Does nothing on the loop itself: before it sleeps it
  // asks each source, in the order of adding, so that an earlier one may fill a later one.
  void wake();

  // [any] Runs `fn(arg, HEARTH_OK)` on the loop, in the order of posting; HEARTH_STALE, and not at all, after
  // close_posts.
  hearth_status post(hearth_task_fn fn, void* arg);
  // [any] The same for a function object; dropped unrun after close_posts.
  void post(std::function<void()> task);
  // [loop] What is posted and not yet run gets HEARTH_CANCELLED; nothing is taken any more.
  void close_posts();

  // [loop] Handles are never used twice. Each is cancelled with cancel().
  hearth_status watch(int fd, std::uint32_t events, hearth_watch_fn fn, void* arg, hearth_handle* out);
  hearth_status rewatch(hearth_handle watch, std::uint32_t events);
  hearth_status timer(std::int64_t delay_us, std::int64_t period_us, hearth_timer_fn fn, void* arg,
                      hearth_handle* out);
  bool cancel(hearth_handle handle);
  // Ends every watch and timer.
  void clear();
  hearth_handle new_handle() { return ++last_handle_; }

  // [loop, or before run] Not owned.
  void add_source(LoopSource& source) { sources_.push_back(&source); }
  void remove_source(LoopSource& source) { std::erase(sources_, &source); }

  bool is_current() const { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

  // [any] When the running callback began (steady), 0 while asleep; and the longest one yet.
  std::int64_t busy_since_us() const { return vitals_.busy_since_us.load(std::memory_order_relaxed); }
  std::int64_t longest_us() const { return vitals_.longest_us.load(std::memory_order_relaxed); }
  Vitals& vitals() const { return vitals_; }
  // For whoever watches it without waking for that while nothing happens: true if it sleeps; then `tell` is
  // called once, on the loop, when it wakes. [any; on_waking before run]
  bool look_away();
  void on_waking(std::function<void()> tell) { tell_ = std::move(tell); }
  // [loop] Said after each callback, so that the time it took is known.
  void mark();

 private:
  struct Watch {
    int fd;
    hearth_watch_fn fn;
    void* arg;
  };
  struct Posted {
    hearth_task_fn fn;
    void* arg;
    std::function<void()> task;
  };

  bool work();
  bool run_posted();
  void fire_timers();
  void sleep(bool may_block);
  void wakes();
  bool may_sleep();

  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<bool> quit_{false};
  std::atomic<std::thread::id> thread_{};
  hearth_handle last_handle_ = 0;
  std::unordered_map<hearth_handle, Watch> watches_;
  Timers timers_;
  std::vector<LoopSource*> sources_;
  std::vector<Posted> batch_;  // being run
  std::size_t next_ = 0;       // of the batch

  std::mutex post_mutex_;  // guards the four below
  std::vector<Posted> posted_;
  bool post_asleep_ = false;
  bool posts_closed_ = false;

  std::function<void()> tell_;
  std::atomic<bool> unwatched_{false};
  Vitals own_vitals_;
  Vitals& vitals_;
};

}  // namespace hearth::core

#endif
