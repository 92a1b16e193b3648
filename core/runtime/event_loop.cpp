// The loop proper: drain sources, run what was posted, fire timers, sleep in epoll.
#include "core/runtime/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>

namespace hearth::core {

namespace {

constexpr std::int64_t kFarAwayUs = std::numeric_limits<std::int64_t>::max() / 4;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::abort();
}

std::uint32_t to_epoll(std::uint32_t events) {
  std::uint32_t mask = 0;
  if (events & HEARTH_READABLE) mask |= EPOLLIN;
  if (events & HEARTH_WRITABLE) mask |= EPOLLOUT;
  return mask;
}

std::uint32_t from_epoll(std::uint32_t mask) {
  std::uint32_t events = 0;
  if (mask & EPOLLIN) events |= HEARTH_READABLE;
  if (mask & EPOLLOUT) events |= HEARTH_WRITABLE;
  if (mask & (EPOLLHUP | EPOLLERR)) events |= HEARTH_HANGUP;
  return events;
}

}  // namespace

std::int64_t steady_now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t wall_now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

EventLoop::EventLoop(Vitals* vitals)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      vitals_(vitals ? *vitals : own_vitals_) {
  epoll_event event{EPOLLIN, {.u64 = 0}};
  if (epoll_ < 0 || wake_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) die("event loop");
}

EventLoop::~EventLoop() {
  close(wake_);
  close(epoll_);
}

void EventLoop::run() {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  while (!quit_.exchange(false, std::memory_order_acquire)) sleep(!work());
  vitals_.busy_since_us.store(0, std::memory_order_relaxed);
}

void EventLoop::quit() {
  quit_.store(true, std::memory_order_release);
  wake();
}

void EventLoop::wake() {
  if (is_current()) return;
  const std::uint64_t one = 1;
  if (write(wake_, &one, sizeof one) < 0 && errno != EAGAIN) die("wake");
}

void EventLoop::mark() {
  const auto now = steady_now_us();
  const auto took = now - vitals_.busy_since_us.load(std::memory_order_relaxed);
  vitals_.busy_since_us.store(now, std::memory_order_relaxed);  // nobody else writes it
  if (took > vitals_.longest_us.load(std::memory_order_relaxed))
    vitals_.longest_us.store(took, std::memory_order_relaxed);
}

// True if there is more to do at once.
bool EventLoop::work() {
  vitals_.busy_since_us.store(steady_now_us(), std::memory_order_relaxed);
  bool more = false;
  for (std::size_t i = 0; i < sources_.size(); ++i) more = sources_[i]->drain() || more;
  more = run_posted() || more;
  fire_timers();
  return more;
}

bool EventLoop::run_posted() {
  {
    const std::lock_guard lock(post_mutex_);
    batch_.swap(posted_);
  }
  const bool any = !batch_.empty();
  while (next_ < batch_.size()) {  // close_posts may cut it short
    const Posted posted = std::move(batch_[next_++]);
    if (posted.fn) posted.fn(posted.arg, HEARTH_OK);
    if (posted.task) posted.task();
    mark();
  }
  batch_.clear();
  next_ = 0;
  return any;
}

// Bounded, so that a timer which sets itself anew at once doesn't starve the rest.
void EventLoop::fire_timers() {
  const auto now = steady_now_us();
  for (int left = 256; left > 0; --left) {
    const auto due = timers_.pop(now);
    if (!due) return;
    due->fire(due->arg);
    mark();
  }
}

bool EventLoop::may_sleep() {
  if (quit_.load(std::memory_order_acquire)) return false;
  for (auto* source : sources_)
    if (!source->try_sleep()) return false;
  const std::lock_guard lock(post_mutex_);
  post_asleep_ = posted_.empty();
  return post_asleep_;
}

void EventLoop::sleep(bool may_block) {
  int timeout_ms = 0;
  if (may_block && may_sleep()) {
    const auto next = timers_.next();
    // Rounded up: a timer never fires early, and the loop never spins towards one.
    timeout_ms = next ? static_cast<int>(
                            std::clamp<std::int64_t>((*next - steady_now_us() + 999) / 1000, 0, 60'000'000))
                      : -1;
    vitals_.busy_since_us.store(0, std::memory_order_relaxed);
  }
  std::array<epoll_event, 64> events;
  const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  wakes();
  for (int i = 0; i < n; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t handle = event.data.u64;  // a copy: epoll_event is packed
    if (handle == 0) {
      std::uint64_t count = 0;
      if (read(wake_, &count, sizeof count) < 0 && errno != EAGAIN) die("wake");
      continue;
    }
    const auto watch = watches_.find(handle);  // an earlier callback may have cancelled it
    if (watch == watches_.end()) continue;
    const Watch copy = watch->second;
    copy.fn(copy.arg, from_epoll(event.events));
    mark();
  }
}

// Either side writes its own word before it reads the other's, so one of them sees that the loop is awake.
void EventLoop::wakes() {
  vitals_.busy_since_us.store(steady_now_us());
  if (tell_ && unwatched_.load() && unwatched_.exchange(false)) tell_();
}

bool EventLoop::look_away() {
  unwatched_.store(true);
  // If it is awake, but has seen that nobody looks, it has told already.
  return vitals_.busy_since_us.load() == 0 || !unwatched_.exchange(false);
}

hearth_status EventLoop::post(hearth_task_fn fn, void* arg) {
  bool asleep = false;
  {
    const std::lock_guard lock(post_mutex_);
    if (posts_closed_) return HEARTH_STALE;
    posted_.push_back({fn, arg, {}});
    asleep = std::exchange(post_asleep_, false);
  }
  if (asleep) wake();
  return HEARTH_OK;
}

void EventLoop::post(std::function<void()> task) {
  bool asleep = false;
  {
    const std::lock_guard lock(post_mutex_);
    if (posts_closed_) return;
    posted_.push_back({nullptr, nullptr, std::move(task)});
    asleep = std::exchange(post_asleep_, false);
  }
  if (asleep) wake();
}

void EventLoop::close_posts() {
  const auto rest = batch_.begin() + static_cast<std::ptrdiff_t>(next_);
  std::vector<Posted> left(std::make_move_iterator(rest), std::make_move_iterator(batch_.end()));
  batch_.erase(rest, batch_.end());
  {
    const std::lock_guard lock(post_mutex_);
    posts_closed_ = true;
    left.insert(left.end(), std::make_move_iterator(posted_.begin()), std::make_move_iterator(posted_.end()));
    posted_.clear();
  }
  for (const auto& posted : left)
    if (posted.fn) posted.fn(posted.arg, HEARTH_CANCELLED);
}

hearth_status EventLoop::watch(int fd, std::uint32_t events, hearth_watch_fn fn, void* arg,
                               hearth_handle* out) {
  const auto handle = new_handle();
  epoll_event event{to_epoll(events), {.u64 = handle}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return HEARTH_INVALID;
  watches_[handle] = {fd, fn, arg};
  *out = handle;
  return HEARTH_OK;
}

hearth_status EventLoop::rewatch(hearth_handle handle, std::uint32_t events) {
  const auto watch = watches_.find(handle);
  if (watch == watches_.end()) return HEARTH_STALE;
  epoll_event event{to_epoll(events), {.u64 = handle}};
  return epoll_ctl(epoll_, EPOLL_CTL_MOD, watch->second.fd, &event) == 0 ? HEARTH_OK : HEARTH_INVALID;
}

hearth_status EventLoop::timer(std::int64_t delay_us, std::int64_t period_us, hearth_timer_fn fn, void* arg,
                               hearth_handle* out) {
  if (delay_us < 0 || period_us < 0) return HEARTH_INVALID;
  *out = new_handle();
  // What is centuries away never comes; the sum with the clock must not overflow.
  timers_.add(*out, steady_now_us() + std::min(delay_us, kFarAwayUs), std::min(period_us, kFarAwayUs), fn,
              arg);
  return HEARTH_OK;
}

bool EventLoop::cancel(hearth_handle handle) {
  if (timers_.cancel(handle)) return true;
  const auto watch = watches_.find(handle);
  if (watch == watches_.end()) return false;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, watch->second.fd, nullptr);
  watches_.erase(watch);
  return true;
}

void EventLoop::clear() {
  for (const auto& [handle, watch] : watches_) epoll_ctl(epoll_, EPOLL_CTL_DEL, watch.fd, nullptr);
  watches_.clear();
  timers_ = Timers();
}

}  // namespace hearth::core
