// Loop: the plugin's one thread as its author sees it: descriptors, timers, posted functions, worker jobs and
// clocks.
#ifndef HEARTH_LOOP_HPP
#define HEARTH_LOOP_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

#include "hearth/slot.hpp"

namespace hearth {

using Microseconds = std::chrono::microseconds;

class Loop {
 public:
  explicit Loop(const hearth_host* host) : host_(host), thread_(std::this_thread::get_id()) {}

  // Is the caller on this loop's thread? [any]
  bool is_current() const { return std::this_thread::get_id() == thread_; }

  // Calls `ready(events)` while `fd` is readable or writable (HEARTH_READABLE | HEARTH_WRITABLE;
  // HEARTH_HANGUP always), level-triggered. Drop the handle before closing the descriptor. [loop]
  Result<Handle> watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready) const {
    using Slot = detail::Slot<std::uint32_t>;
    auto slot = std::make_shared<Slot>(host_, std::move(ready));
    hearth_handle id = 0;
    const auto status = host_->watch(
        host_, fd, events, [](void* arg, std::uint32_t e) { Slot::call(arg, "watch", e); }, slot.get(), &id);
    if (status != HEARTH_OK) return detail::to_status(status, "cannot watch a descriptor").error();
    return Handle(host_, id, std::move(slot));
  }

  // Watches for other events from now on. [loop]
  Status rewatch(const Handle& watch, std::uint32_t events) const {
    return detail::to_status(host_->rewatch(host_, watch.id(), events), "cannot change a watch");
  }

  // Calls `fire` once after `delay`. [loop]
  [[nodiscard]] Handle after(Microseconds delay, std::function<void()> fire) const {
    return timer(delay, Microseconds(0), std::move(fire));
  }

  // Calls `fire` every `period`, for the first time after one. [loop]
  [[nodiscard]] Handle every(Microseconds period, std::function<void()> fire) const {
    return timer(period, period, std::move(fire));
  }

  // Runs `task` on the loop, in the order of posting; not at all once the plugin has ended. [any]
  void post(std::function<void()> task) const {
    struct Posted {
      const hearth_host* host;
      std::function<void()> task;
    };
    auto posted = std::make_unique<Posted>(Posted{host_, std::move(task)});
    const auto run = [](void* arg, hearth_status status) {
      const std::unique_ptr<Posted> mine(static_cast<Posted*>(arg));
      if (status == HEARTH_OK) detail::guarded(mine->host, "posted function", mine->task);
    };
    if (host_->post(host_, run, posted.get()) == HEARTH_OK) static_cast<void>(posted.release());
  }

  // Runs `job` on the plugin's worker pool, then `done(status)` on the loop, never from inside this;
  // kCancelled if the plugin stopped before the job began. Jobs with an equal key other than 0 run one at a
  // time and in order. [loop]
  void work(std::uint64_t key, std::function<void()> job, std::function<void(Status)> done) const {
    struct Work {
      const hearth_host* host;
      std::function<void()> job;
      std::function<void(Status)> done;
      Status outcome;
    };
    auto work = std::make_unique<Work>(Work{host_, std::move(job), std::move(done), {}});
    const auto run = [](void* arg) {
      auto* mine = static_cast<Work*>(arg);
      try {
        mine->job();
      } catch (const std::exception& e) {
        mine->outcome = Status(ErrorCode::kFailed, e.what());
      } catch (...) {
        mine->outcome = Status(ErrorCode::kFailed, "unknown exception");
      }
    };
    const auto finish = [](void* arg, hearth_status status) {
      const std::unique_ptr<Work> mine(static_cast<Work*>(arg));
      if (status != HEARTH_OK) mine->outcome = Status(ErrorCode::kCancelled, "the plugin is stopping");
      detail::guarded(mine->host, "end of a job", [&] { mine->done(mine->outcome); });
    };
    const auto status = host_->work(host_, key, run, finish, work.get());
    if (status == HEARTH_OK) {
      static_cast<void>(work.release());
    } else {
      post([done = std::move(work->done), refused = detail::to_status(status, "no worker")] {
        done(refused);
      });
    }
  }

  // Since 1970. Of the host, not of the system: a replay turns it. [any]
  Microseconds wall() const { return Microseconds(host_->now(host_, HEARTH_WALL)); }
  // Never jumps; its zero means nothing. [any]
  Microseconds steady() const { return Microseconds(host_->now(host_, HEARTH_STEADY)); }

 private:
  Handle timer(Microseconds delay, Microseconds period, std::function<void()> fire) const {
    using Slot = detail::Slot<>;
    auto slot = std::make_shared<Slot>(host_, std::move(fire));
    hearth_handle id = 0;
    const auto status = host_->timer(
        host_, delay.count(), period.count(), [](void* arg) { Slot::call(arg, "timer"); }, slot.get(), &id);
    if (status != HEARTH_OK) throw std::runtime_error("no timer: " + std::string(name(ErrorCode(status))));
    return Handle(host_, id, std::move(slot));
  }

  const hearth_host* host_;
  std::thread::id thread_;
};

}  // namespace hearth

#endif
