// The connection's own queue holds what the socket hasn't taken of the last flush, and nothing else.
#include "outbox.hpp"

#include <algorithm>

namespace hearth::relay {

namespace {

constexpr std::size_t kKept = 2048;  // bytes

}  // namespace

bool Outbox::put_packet(std::string_view head, std::string_view payload, std::string_view tail) {
  if (packets() >= kMostPackets) flush();
  if (packets() >= kMostPackets) return false;
  waiting_.append(head).append(payload).append(tail);
  ends_.push_back(waiting_.size());
  return true;
}

// That wait: of those in the connection's queue, the ones that the socket hasn't taken in full.
std::size_t Outbox::packets() const {
  const auto left = connection_.queued();
  return ends_.size() + static_cast<std::size_t>(
                            std::ranges::count_if(queued_, [left](auto behind) { return behind < left; }));
}

void Outbox::flush() {
  if (is_blocked()) return;
  queued_.clear();
  if (waiting_.empty()) return;
  connection_.write(waiting_);
  if (is_blocked())
    for (const auto end : ends_) queued_.push_back(waiting_.size() - end);
  ends_.clear();
  waiting_.clear();
  // Of ten thousand clients few are busy at a time.
  if (waiting_.capacity() > kKept) waiting_ = {};
  if (ends_.capacity() > kMostPackets) ends_ = {};
}

void Outbox::push_out() {
  connection_.write(waiting_);
  waiting_.clear();
  ends_.clear();
}

}  // namespace hearth::relay
