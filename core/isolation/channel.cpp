// Packing, sending and receiving packets.
#include "core/isolation/channel.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hearth::core {

namespace {

// Descriptors may come with it, though nobody sends any here: they are closed, so that closing can't wait for
// a peer.
ssize_t receive_packet(int from, void* buffer, bool* descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))];
  iovec part{buffer, kMaxPacket};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  const auto got = recvmsg(from, &header, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    *descriptors = true;
    for (std::size_t at = 0; at + CMSG_LEN(sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
      const linger at_once{1, 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(fd);
    }
  }
  return got;
}

}  // namespace

Channel::Channel(int fd) : fd_(fd), buffer_(std::make_unique_for_overwrite<std::uint64_t[]>(kMaxPacket / 8)) {
  static_assert(kMaxPacket % 8 == 0);
}

Channel::~Channel() { close(fd_); }

void Channel::add(const Frame& frame, hearth_bytes body) {
  if (!packet_.empty() && packet_.size() + sizeof frame + body.size > kGoodPacket) close_packet();
  append(packet_, frame, body);
}

// Home's own facts hold what plugins have said, and are larger: one that no frame can hold isn't sent.
void Channel::add(const Message& message) {
  if (message.body.size() > kMaxFrameBody) return;
  if (!packet_.empty() && packet_.size() + sizeof(Frame) + message.body.size() > kGoodPacket) close_packet();
  append(packet_, message);
}

// At once if nothing stands before it: then the buffer is used again.
void Channel::close_packet() {
  if (packet_.empty()) return;
  if (waiting_.empty() && send(fd_, packet_.data(), packet_.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
    packet_.clear();
    ++packets_sent_;
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
    ++packets_sent_;
    waiting_bytes_ -= first.size();
    waiting_.pop_front();
  }
  return true;
}

Channel::Received Channel::receive(const std::function<void(const FrameReader::Item&)>& take) {
  bool descriptors = false;
  auto got = receive_packet(fd_, buffer_.get(), &descriptors);
  // An end that died with something unread says so once, before what it has sent.
  if (got < 0 && errno == ECONNRESET) got = receive_packet(fd_, buffer_.get(), &descriptors);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Received::kNothing;
  if (descriptors) return Received::kBroken;
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
