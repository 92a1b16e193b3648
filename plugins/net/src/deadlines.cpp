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
  at_ = now + delay;
  if (slot_ == kOff) all_.add(*this);
  all_.arm(at_, now);
}

void Deadline::clear() {
  if (slot_ != kOff) all_.remove(*this);
}

void Deadlines::add(Deadline& deadline) {
  deadline.slot_ = set_.size();
  set_.push_back(&deadline);
}

void Deadlines::remove(Deadline& deadline) {
  set_[deadline.slot_] = set_.back();
  set_[deadline.slot_]->slot_ = deadline.slot_;
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
    auto& deadline = *set_[i];
    if (deadline.at_ > now) {
      ++i;
      continue;
    }
    remove(deadline);
    const auto expired = deadline.expired_;
    expired();
  }
  armed_for_ = Microseconds::max();
  const auto next =
      std::min_element(set_.begin(), set_.end(), [](auto* a, auto* b) { return a->at_ < b->at_; });
  if (next != set_.end()) arm((*next)->at_, now);
}

}  // namespace hearth::net
