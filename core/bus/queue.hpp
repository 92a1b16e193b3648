// Queue: a bounded inbox between two threads, with the rules of what gives way when it is full.
#ifndef HEARTH_CORE_BUS_QUEUE_HPP
#define HEARTH_CORE_BUS_QUEUE_HPP

#include <atomic>
#include <functional>
#include <unordered_map>
#include <vector>

#include "core/bus/brief_lock.hpp"
#include "core/bus/message.hpp"

namespace hearth::core {

// Full means, of messages or of bytes: a standing fact replaces the older one about the same, or takes the
// oldest event's place; an event takes the oldest event's place; a request is refused. Answers, subscriptions
// and retained facts always fit, because their number is bounded elsewhere. Nothing gives way without being
// counted.
class Queue {
 public:
  struct Counters {
    std::atomic<std::uint64_t> dropped{0};    // events
    std::atomic<std::uint64_t> coalesced{0};  // facts
    std::atomic<std::uint64_t> refused{0};    // requests
  };

  static constexpr std::size_t kMostBytes = 32 * 1024 * 1024;  // of bodies

  // `wake` is called outside the lock by the pusher that finds the taker asleep.
  Queue(std::size_t capacity, std::function<void()> wake) : capacity_(capacity), wake_(std::move(wake)) {}

  // [any] kBusy as HEARTH_BUSY when refused, HEARTH_STALE once closed.
  hearth_status push(Message message);

  // For a publisher that has many messages in one turn. [one thread, always the same] Keeps a copy whose
  // handle is `handle`; true if it is the first one kept.
  bool stage(const Message& message, std::uint64_t handle) {
    if (staged_.size() >= kMostStaged || staged_bytes_ >= kMostStagedBytes) flush();
    staged_bytes_ += message.body.size();
    staged_.push_back(message);
    staged_.back().handle = handle;
    return staged_.size() == 1;
  }
  // [the same thread] Pushes what was staged, under one lock. No request may be staged: nobody would hear
  // that it was refused.
  void flush();

  // [taker] Swaps everything queued into `batch`, which must be empty; false if there was nothing.
  bool take(std::vector<Message>& batch);

  // [taker] True if nothing is queued; then the next push wakes.
  bool try_sleep();

  // [any] From now on nothing is taken in.
  void close();

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  const Counters& counters() const { return counters_; }

 private:
  // Then the taker is given work at once.
  static constexpr std::size_t kMostStaged = 64, kMostStagedBytes = 1024 * 1024;

  hearth_status add(Message& message);
  bool added();
  bool is_full_with(const Message& message) const;
  bool make_room(Message& message);
  bool drop_oldest_event();
  void sweep();
  void forget_places();

  const std::size_t capacity_;
  const std::function<void()> wake_;

  BriefLock lock_;
  std::vector<Message> messages_;
  std::size_t bytes_ = 0;   // of their bodies
  std::size_t oldest_ = 0;  // no event stands before this place
  std::size_t holes_ = 0;   // places whose event was dropped
  std::unordered_map<std::uint64_t, std::size_t>
      facts_;  // places; made when the queue has filled up, dropped with the batch
  bool facts_known_ = false;
  bool asleep_ = false;
  bool closed_ = false;
  std::atomic<std::size_t> size_{0};
  Counters counters_;
  std::vector<Message> staged_;
  std::size_t staged_bytes_ = 0;
};

}  // namespace hearth::core

#endif
