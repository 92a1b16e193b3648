// One connection's writing: at once what the kernel takes, the rest from a bounded queue.
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "hearth/net/connection.hpp"

namespace hearth::net {

namespace {

constexpr std::size_t kCheapToJoin = 1024;
constexpr std::size_t kFree = 64 * 1024;  // of what waits; so much every peer may leave unread

}  // namespace

void Connection::write(std::string_view first, std::string_view second, Haste haste) {
  if (haste == Haste::kNow || corked_ || (queued() != 0 && !soon_)) return send(first, second, 0);
  if (!is_open() || first.size() + second.size() == 0) return;
  if (!enqueue(first, second) || std::exchange(soon_, true)) return;
  io_.push_later(shared_from_this());
}

void Connection::push_soon() {
  if (std::exchange(soon_, false) && socket_ && !corked_ && !push_out()) update_watch();
}

void Connection::send(std::string_view first, std::string_view second, int flags) {
  if (!is_open() || first.size() + second.size() == 0) return;
  const bool was_empty = queued() == 0;
  if (was_empty && !corked_) {
    auto sent = transmit(first, second, flags);
    if (!socket_) return;
    const auto of_first = std::min(sent, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(sent - of_first);
    if (first.size() + second.size() == 0) return;
  }
  if (!enqueue(first, second) || corked_) return;
  if (soon_) return push_soon();
  if (was_empty) write_deadline_.set(limits_.write_timeout);
  update_watch();
}

// False if that is more than a peer may leave unread; then it has failed.
bool Connection::enqueue(std::string_view first, std::string_view second) {
  const auto all = queued() + first.size() + second.size();
  if (all > limits_.max_output || (all > kFree && !held_.set(all))) {
    fail(ErrorCode::kBusy, "the peer doesn't read");
    return false;
  }
  output_.append(first).append(second);
  return true;
}

// How much of it the kernel has taken; fails the connection if it is broken.
std::size_t Connection::transmit(std::string_view first, std::string_view second, int flags) {
  std::string joined;
  std::array<char, kCheapToJoin> small;
  const auto size = first.size() + second.size();
  if (!second.empty() && size <= small.size()) {  // copying is cheaper than telling the kernel of two pieces
    std::memcpy(small.data(), first.data(), first.size());
    std::memcpy(small.data() + first.size(), second.data(), second.size());
    first = {small.data(), size};
    second = {};
  }
  ssize_t n = 0;
  if (layer_) {
    if (!second.empty()) first = joined.append(first).append(second);
    n = layer_->write(socket_.get(), first);
  } else if (second.empty()) {
    n = ::send(socket_.get(), first.data(), first.size(), MSG_DONTWAIT | MSG_NOSIGNAL | flags);
  } else {
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    n = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
  }
  if (n < 0 && errno != EAGAIN && errno != EINTR) fail_errno("write", errno);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

// Until the kernel takes no more.
bool Connection::push_out() {
  bool progress = !write_deadline_.is_set();
  while (queued() != 0) {
    const auto n = transmit(std::string_view(output_).substr(sent_), {}, 0);
    if (n == 0) {
      if (progress && socket_) write_deadline_.set(limits_.write_timeout);
      return false;
    }
    progress = true;
    sent_ += n;
  }
  output_ = {};
  sent_ = 0;
  held_.set(0);
  write_deadline_.clear();
  return true;
}

void Connection::flush() {
  if (!push_out()) return;
  if (closing_) return flushed();
  if (drained_) drained_();
}

void Connection::uncork() {
  if (!std::exchange(corked_, false) || !socket_ || queued() == 0) return;
  soon_ = false;
  if (!push_out()) update_watch();
}

}  // namespace hearth::net
