// Pushing, taking, and making room in a Queue.
#include "core/bus/queue.hpp"

#include <mutex>

namespace hearth::core {

namespace {

// May it be pushed out by newer ones?
bool is_event(const Message& m) {
  return m.kind == MessageKind::kPublish && m.fact == 0 && (m.flags & HEARTH_RETAINED) == 0;
}

}  // namespace

hearth_status Queue::push(Message message) {
  bool wake = false;
  {
    const std::lock_guard lock(lock_);
    if (const auto status = add(message); status != HEARTH_OK) return status;
    wake = added();
  }
  if (wake) wake_();
  return HEARTH_OK;
}

void Queue::flush() {
  if (staged_.empty()) return;
  bool wake = false;
  {
    const std::lock_guard lock(lock_);
    if (messages_.empty() && staged_.size() <= capacity_ && !closed_) {
      messages_.swap(staged_);
      bytes_ = staged_bytes_;
    } else {
      for (auto& message : staged_) add(message);
    }
    wake = added();
  }
  staged_.clear();
  staged_bytes_ = 0;
  if (wake) wake_();
}

// Under the lock.
hearth_status Queue::add(Message& message) {
  if (closed_) return HEARTH_STALE;
  if (is_full_with(message)) {
    if (message.kind == MessageKind::kRequest) {
      counters_.refused.fetch_add(1, std::memory_order_relaxed);
      return HEARTH_BUSY;
    }
    if (message.kind == MessageKind::kPublish && !make_room(message)) return HEARTH_OK;
  }
  bytes_ += message.body.size();
  messages_.push_back(std::move(message));
  return HEARTH_OK;
}

bool Queue::is_full_with(const Message& message) const {
  return messages_.size() >= capacity_ || bytes_ + message.body.size() > kMostBytes;
}

// Something was added. True if the taker has to be woken.
bool Queue::added() {
  size_.store(messages_.size(), std::memory_order_relaxed);
  return std::exchange(asleep_, false);
}

// False when `message` needs no place of its own: it replaced an older fact, or was itself the event to give
// way.
bool Queue::make_room(Message& message) {
  if (message.fact == 0 || (message.flags & HEARTH_RETAINED) != 0) {
    if (!is_event(message)) return true;
    drop_oldest_event();
    while (bytes_ + message.body.size() > kMostBytes)
      if (!drop_oldest_event()) {
        counters_.dropped.fetch_add(1, std::memory_order_relaxed);
        return false;
      }
    return true;
  }
  if (!facts_known_) {
    for (std::size_t i = 0; i < messages_.size(); ++i)
      if (messages_[i].fact != 0) facts_[messages_[i].fact ^ messages_[i].handle] = i;
    facts_known_ = true;
  }
  if (const auto older = facts_.find(message.fact ^ message.handle); older != facts_.end()) {
    counters_.coalesced.fetch_add(1, std::memory_order_relaxed);
    bytes_ += message.body.size();
    bytes_ -= messages_[older->second].body.size();
    messages_[older->second] = std::move(message);
    return false;
  }
  drop_oldest_event();
  while (bytes_ + message.body.size() > kMostBytes && drop_oldest_event()) {
  }
  if (facts_known_) facts_[message.fact ^ message.handle] = messages_.size();
  return true;
}

// Leaves a hole (a publish of type 0, which the taker skips) so that the facts keep their places; holes are
// swept together when they are half a queue.
// False if there is none.
bool Queue::drop_oldest_event() {
  while (oldest_ < messages_.size() && (!is_event(messages_[oldest_]) || messages_[oldest_].type == 0))
    ++oldest_;
  if (oldest_ == messages_.size()) return false;
  messages_[oldest_].type = 0;
  bytes_ -= messages_[oldest_].body.size();
  messages_[oldest_].body = Body();
  counters_.dropped.fetch_add(1, std::memory_order_relaxed);
  if (++holes_ >= capacity_ / 2) sweep();
  return true;
}

void Queue::sweep() {
  std::erase_if(messages_, [](const Message& m) { return is_event(m) && m.type == 0; });
  forget_places();
}

void Queue::forget_places() {
  oldest_ = 0;
  holes_ = 0;
  facts_.clear();
  facts_known_ = false;
}

bool Queue::take(std::vector<Message>& batch) {
  const std::lock_guard lock(lock_);
  if (messages_.empty()) return false;
  messages_.swap(batch);
  size_.store(0, std::memory_order_relaxed);
  bytes_ = 0;
  forget_places();
  return true;
}

bool Queue::try_sleep() {
  const std::lock_guard lock(lock_);
  asleep_ = messages_.empty();
  return asleep_;
}

void Queue::close() {
  const std::lock_guard lock(lock_);
  closed_ = true;
}

}  // namespace hearth::core
