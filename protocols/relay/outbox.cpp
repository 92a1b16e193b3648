// The connection's own queue holds at most what one flush has left there.
#include "outbox.hpp"

namespace hearth::relay {

bool Outbox::put_packet(std::string_view head, std::string_view payload, std::string_view tail) {
  if (packets_ + sent_packets_ >= kMostPackets) flush();
  if (packets_ + sent_packets_ >= kMostPackets) return false;
  waiting_.append(head).append(payload).append(tail);
  ++packets_;
  return true;
}

void Outbox::flush() {
  if (is_blocked()) return;
  sent_packets_ = 0;
  if (waiting_.empty()) return;
  connection_.write(waiting_);
  waiting_.clear();
  // Of ten thousand clients few are busy at a time.
  if (waiting_.capacity() > kLong) waiting_.shrink_to_fit();
  sent_packets_ = is_blocked() ? packets_ : 0;
  packets_ = 0;
}

void Outbox::push_out() {
  connection_.write(waiting_);
  waiting_.clear();
}

}  // namespace hearth::relay
