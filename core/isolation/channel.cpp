// Packing, sending and receiving packets.
#include "core/isolation/channel.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "core/runtime/descriptors.hpp"

namespace hearth::core {

Channel::Channel(int fd) : fd_(fd), buffer_(std::make_unique_for_overwrite<std::uint64_t[]>(kMaxPacket / 8)) {
  static_assert(kMaxPacket % 8 == 0);
}

Channel::~Channel() { close(fd_); }

void Channel::add(const Frame& frame, hearth_bytes body) {
  if (!packet_.bytes.empty() && packet_.bytes.size() + sizeof frame + body.size > kGoodPacket) close_packet();
  append(packet_.bytes, frame, body);
}

// Home's own facts hold what plugins have said, and are larger: one that no frame can hold isn't sent.
void Channel::add(const Message& message) {
  if (message.body.size() > kMaxFrameBody) return;
  if (!packet_.bytes.empty() && packet_.bytes.size() + sizeof(Frame) + message.body.size() > kGoodPacket)
    close_packet();
  append(packet_.bytes, message);
}

void Channel::add(const Message& request, RequestFiles::List files) {
  static_assert(RequestFiles::kMostOfRequest * sizeof(RequestFiles::File::argument) == kMaxFilesBody);
  if (request.body.size() > kMaxFrameBody) return;
  close_packet();
  std::vector<std::uint32_t> arguments;
  for (auto& file : files) {
    arguments.push_back(file.argument);
    packet_.descriptors.push_back(std::move(file.fd));
  }
  Frame frame;
  frame.kind = FrameKind::kFiles;
  frame.id = request.id;
  frame.handle = request.handle;
  append(packet_.bytes, frame,
         {reinterpret_cast<const std::uint8_t*>(arguments.data()), arguments.size() * sizeof arguments[0]});
  append(packet_.bytes, request);
  close_packet();
}

// Where too many descriptors are under way already (of all processes of this user), it goes without its own.
bool Channel::try_send(Packet& packet) const {
  if (send_with(fd_, packet.bytes.data(), packet.bytes.size(), packet.descriptors) >= 0) return true;
  if (errno != ETOOMANYREFS) return false;
  packet.descriptors.clear();
  return send_with(fd_, packet.bytes.data(), packet.bytes.size(), {}) >= 0;
}

// At once if nothing stands before it: then the buffer is used again.
void Channel::close_packet() {
  if (packet_.bytes.empty()) return;
  if (waiting_.empty() && try_send(packet_)) {
    packet_.bytes.clear();
    packet_.descriptors.clear();
    ++packets_sent_;
    return;
  }
  waiting_bytes_ += packet_.bytes.size();
  waiting_.push_back(std::exchange(packet_, {}));
}

bool Channel::flush() {
  close_packet();
  while (!waiting_.empty()) {
    auto& first = waiting_.front();
    // An end that is gone is noticed by receive(); what was meant for it waits no longer.
    if (!try_send(first)) {
      if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return false;
      waiting_.clear();
      waiting_bytes_ = 0;
      return true;
    }
    ++packets_sent_;
    waiting_bytes_ -= first.bytes.size();
    waiting_.pop_front();
  }
  return true;
}

Channel::Received Channel::receive(const std::function<void(const FrameReader::Item&)>& take,
                                   std::vector<UniqueFd>* descriptors) {
  std::vector<UniqueFd> came;
  bool all_came = true;
  auto got = receive_with(fd_, buffer_.get(), kMaxPacket, MSG_TRUNC, kMaxDescriptors, came, &all_came);
  // An end that died with something unread says so once, before what it has sent.
  if (got < 0 && errno == ECONNRESET)
    got = receive_with(fd_, buffer_.get(), kMaxPacket, MSG_TRUNC, kMaxDescriptors, came, &all_came);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Received::kNothing;
  if (descriptors) {
    *descriptors = std::move(came);
  } else if (!came.empty() || !all_came) {
    close_foreign(came);
    return Received::kBroken;
  }
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
