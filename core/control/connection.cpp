// Reading, queueing and flow control of one client.
#include "core/control/connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace hearth::core {
namespace {

constexpr std::size_t kPortion = 64 * 1024;

}  // namespace

Connection::Connection(const Loop& loop, UniqueFd fd, Events events)
    : loop_(loop), fd_(std::move(fd)), events_(std::move(events)) {}

Status Connection::start() {
  interest_ = HEARTH_READABLE;
  auto watch = loop_.watch(fd_.get(), interest_, [this](std::uint32_t events) { ready(events); });
  if (!watch.ok()) return watch.error();
  watch_ = std::move(*watch);
  return {};
}

void Connection::ready(std::uint32_t events) {
  const auto keep = shared_from_this();
  if ((events & HEARTH_WRITABLE) != 0) {
    flush();
    if (is_open() && waiting() == 0 && events_.room) events_.room();
  }
  if (is_open() && reading_ && (events & (HEARTH_READABLE | HEARTH_HANGUP)) != 0) receive();
  // Hung up both ways: there is nobody to answer.
  if (is_open() && (events & HEARTH_HANGUP) != 0) close();
  if (is_open()) rewatch();
}

void Connection::receive() {
  char portion[kPortion];
  const auto got = ::recv(fd_.get(), portion, sizeof portion, MSG_DONTWAIT);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) close();
    return;
  }
  if (got == 0) {
    reading_ = false;
    deadline_.reset();
    if (events_.half_closed) events_.half_closed();
    return;
  }
  input_.append({portion, static_cast<std::size_t>(got)});
  take_lines();
}

void Connection::take_lines() {
  while (is_open() && reading_) {
    auto line = input_.next();
    if (!line) return watch_partial();
    if (line->size() > kMaxRpcLine)
      return events_.refused({kInvalidRequest, "a line longer than 1 MiB", "invalid"});
    events_.line(std::move(*line));
  }
}

void Connection::watch_partial() {
  if (input_.too_long()) return events_.refused({kInvalidRequest, "a line longer than 1 MiB", "invalid"});
  if (!input_.partial()) return deadline_.reset();
  if (deadline_) return;
  deadline_ = loop_.after(kLineDeadline, [this] {
    const auto keep = shared_from_this();
    events_.refused({kInvalidRequest, "half a line, and silence", "timeout"});
  });
}

void Connection::send(std::string_view line) {
  if (!is_open()) return;
  if (waiting() + line.size() > kMaxQueue) return close();
  output_ += line;
  flush();
  if (is_open()) rewatch();
}

bool Connection::offer(std::string_view line) {
  if (!is_open() || finishing_ || waiting() + line.size() > kMaxQueue) return false;
  send(line);
  return true;
}

void Connection::finish() {
  finishing_ = true;
  reading_ = false;
  deadline_.reset();
  flush();
  if (!is_open()) return;
  rewatch();
  deadline_ = loop_.after(kLineDeadline, [this] {
    const auto keep = shared_from_this();
    close();
  });
}

void Connection::close() {
  if (!is_open()) return;
  deadline_.reset();
  watch_.reset();
  fd_.reset();
  if (events_.closed) events_.closed();
}

void Connection::flush() {
  while (waiting() > 0) {
    const auto sent = ::send(fd_.get(), output_.data() + sent_, waiting(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return close();
    sent_ += static_cast<std::size_t>(sent);
  }
  if (sent_ == output_.size() || sent_ > kPauseAt) output_.erase(0, std::exchange(sent_, 0));
  if (waiting() > 0) return;
  if (output_.capacity() > kPauseAt) output_.shrink_to_fit();
  if (finishing_) close();
}

void Connection::rewatch() {
  std::uint32_t wanted = 0;
  if (reading_ && waiting() < kPauseAt) wanted |= HEARTH_READABLE;
  if (waiting() > 0) wanted |= HEARTH_WRITABLE;
  if (wanted == interest_) return;
  interest_ = wanted;
  if (!loop_.rewatch(watch_, wanted).ok()) close();
}

}  // namespace hearth::core
