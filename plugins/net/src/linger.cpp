// Waits for the peers' FIN without a watch for each.
#include "hearth/net/linger.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace hearth::net {

namespace {

constexpr Microseconds kPeriod = std::chrono::milliseconds(500);
constexpr unsigned kPeriods = 2;  // a socket is kept for one to one and a half seconds at most
constexpr std::size_t kLookEvery = 16;

// Reads and discards. True when nothing more will come. Bounded: one peer must not keep the loop.
bool ended(int fd) {
  std::array<char, 4096> waste;
  for (int reads = 0; reads < 16; ++reads) {
    const auto n = ::recv(fd, waste.data(), waste.size(), MSG_DONTWAIT);
    if (n == 0) return true;
    if (n < 0) return errno != EAGAIN && errno != EINTR;
  }
  return false;
}

}  // namespace

Linger::Linger(Deadlines& deadlines) : deadline_(deadlines, [this] { sweep(); }) {}

void Linger::take(Fd socket) {
  if (waiting_.size() >= kMost) waiting_.pop_front();
  // Looking costs a system call and mostly finds nothing, so it is done for several at a time.
  if (waiting_.size() % kLookEvery == kLookEvery - 1)
    while (!waiting_.empty() && ended(waiting_.front().socket.get())) waiting_.pop_front();
  waiting_.push_back({std::move(socket)});
  if (!deadline_.is_set()) deadline_.set(kPeriod);
}

void Linger::sweep() {
  std::deque<Waiting> still;
  for (auto& one : waiting_)
    if (!ended(one.socket.get()) && ++one.age <= kPeriods) still.push_back(std::move(one));
  waiting_ = std::move(still);
  if (!waiting_.empty()) deadline_.set(kPeriod);
}

}  // namespace hearth::net
