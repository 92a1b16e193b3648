// Reading, queueing and flow control of one client.
#include "core/control/connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/runtime/descriptors.hpp"

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
  bool all_came = true;
  const auto got =
      receive_with(fd_.get(), portion, sizeof portion, 0, kMaxDescriptors, descriptors_, &all_came);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) close();
    return;
  }
  if (got == 0) {
    reading_ = false;
    deadline_.reset();
    close_foreign(descriptors_);
    if (events_.half_closed) events_.half_closed();
    return;
  }
  if (!all_came || descriptors_.size() > kMaxDescriptors)
    return refuse("more than 8 descriptors, or more than the server can take now", "invalid");
  input_.append({portion, static_cast<std::size_t>(got)});
  take_lines();
}

void Connection::refuse(std::string words, std::string reason) {
  events_.refused({kInvalidRequest, std::move(words), std::move(reason)});
}

void Connection::take_lines() {
  while (is_open() && reading_) {
    auto line = input_.next();
    if (!line) return watch_partial();
    if (line->size() > kMaxRpcLine) return refuse("a line longer than 1 MiB", "invalid");
    events_.line(std::move(*line));
  }
}

void Connection::watch_partial() {
  if (input_.too_long()) return refuse("a line longer than 1 MiB", "invalid");
  if (!input_.partial()) {
    deadline_.reset();
    if (!descriptors_.empty()) refuse("descriptors that no call announces", "invalid");
    return;
  }
  if (deadline_) return;
  deadline_ = loop_.after(kLineDeadline, [this] {
    const auto keep = shared_from_this();
    refuse("half a line, and silence", "timeout");
  });
}

void Connection::send(std::string_view line) {
  if (!is_open()) return;
  if (waiting() + line.size() > kMaxQueue) return close();
  output_ += line;
  flush();
  if (is_open()) rewatch();
}

// Descriptors come with the bytes that they were sent with, and a read ends there: what came before the
// line's end and isn't its own can only belong to one behind it.
Result<std::vector<UniqueFd>> Connection::take_descriptors(std::size_t count) {
  const auto came = descriptors_.size();
  if (came < count || (came > count && !input_.partial())) {
    close_foreign(descriptors_);
    return Error{
        ErrorCode::kInvalid,
        fmt::format("files that the call announces: {}; descriptors that came with it: {}", count, came)};
  }
  const auto end = descriptors_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<UniqueFd> taken(std::make_move_iterator(descriptors_.begin()), std::make_move_iterator(end));
  descriptors_.erase(descriptors_.begin(), end);
  return taken;
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
  close_foreign(descriptors_);
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
  close_foreign(descriptors_);
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
