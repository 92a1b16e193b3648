// Packing, sending and receiving packets.
#include "core/isolation/channel.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace hearth::core {

Channel::Channel(int fd) : fd_(fd), buffer_(std::make_unique_for_overwrite<std::uint64_t[]>(kMaxPacket / 8)) {
  static_assert(kMaxPacket % 8 == 0);
}

Channel::~Channel() { close(fd_); }

void Channel::add(const Frame& frame, hearth_bytes body) {
  if (!packet_.empty() && packet_.size() + sizeof frame + body.size > kGoodPacket) close_packet();
  append(packet_, frame, body);
}

void Channel::add(const Message& message) {
  if (!packet_.empty() && packet_.size() + sizeof(Frame) + message.body.size() > kGoodPacket) close_packet();
  append(packet_, message);
}

// At once if nothing stands before it: then the buffer is used again.
void Channel::close_packet() {
  if (packet_.empty()) return;
  if (waiting_.empty() && send(fd_, packet_.data(), packet_.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
    packet_.clear();
    return;
  }
  waiting_bytes_ += packet_.size();
  waiting_.push_back(std::move(packet_));
  packet_.clear();
}

bool Channel::flush() {
  close_packet();
  while (!waiting_.empty()) {
    const auto& first = waiting_.front();
    // An end that is gone is noticed by receive(); what was meant for it waits no longer.
    if (send(fd_, first.data(), first.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return false;
      waiting_.clear();
      waiting_bytes_ = 0;
      return true;
    }
    waiting_bytes_ -= first.size();
    waiting_.pop_front();
  }
  return true;
}

Channel::Received Channel::receive(const std::function<void(const FrameReader::Item&)>& take) {
  const auto got = recv(fd_, buffer_.get(), kMaxPacket, MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Received::kNothing;
  if (got <= 0) return Received::kEnd;
  if (static_cast<std::size_t>(got) > kMaxPacket) return Received::kBroken;
  FrameReader reader({reinterpret_cast<const std::uint8_t*>(buffer_.get()), static_cast<std::size_t>(got)});
  while (const auto item = reader.next()) take(*item);
  return reader.broken() ? Received::kBroken : Received::kSome;
}

bool Channel::send_now(const Frame& frame, hearth_bytes body) const {
  std::vector<std::uint8_t> packet;
  append(packet, frame, body);
  return send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

std::size_t Channel::unread() const {
  int bytes = 0;
  return ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace hearth::core
