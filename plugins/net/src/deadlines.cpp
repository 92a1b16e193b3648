// One timer for all deadlines, armed for the earliest.
#include "hearth/net/deadlines.hpp"

#include <algorithm>

namespace hearth::net {

namespace {

// Deadlines this close together share a wake-up.
constexpr Microseconds kGrain = std::chrono::milliseconds(20);

}  // namespace

void Deadline::set(Microseconds delay) {
  const auto now = all_.loop_.steady();
  const auto at = now + delay;
  if (slot_ == kOff) {
    all_.add(*this, at);
  } else {
    all_.set_[slot_].at = at;
  }
  all_.arm(at, now);
}

void Deadline::clear() {
  if (slot_ != kOff) all_.remove(*this);
}

void Deadlines::add(Deadline& deadline, Microseconds at) {
  deadline.slot_ = set_.size();
  set_.push_back({at, &deadline});
}

void Deadlines::remove(Deadline& deadline) {
  set_[deadline.slot_] = set_.back();
  set_[deadline.slot_].deadline->slot_ = deadline.slot_;
  set_.pop_back();
  deadline.slot_ = Deadline::kOff;
}

void Deadlines::arm(Microseconds at, Microseconds now) {
  if (at >= armed_for_) return;
  armed_for_ = std::max(at, now + kGrain);
  timer_ = loop_.after(armed_for_ - now, [this] { fire(); });
}

// A callback may set, clear and destroy any deadline. What it moves to a place already passed is late by a
// grain, not lost.
void Deadlines::fire() {
  const auto now = loop_.steady();
  for (std::size_t i = 0; i < set_.size();) {
    if (set_[i].at > now) {
      ++i;
      continue;
    }
    auto& deadline = *set_[i].deadline;
    remove(deadline);
    const auto expired = deadline.expired_;
    expired();
  }
  armed_for_ = Microseconds::max();
  const auto next = std::min_element(set_.begin(), set_.end(), [](auto& a, auto& b) { return a.at < b.at; });
  if (next != set_.end()) arm(next->at, now);
}

}  // namespace hearth::net
