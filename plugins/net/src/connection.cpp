// Reading, writing and ending of one connection.
#include "hearth/net/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace hearth::net {

namespace {

constexpr int kReadsPerTurn = 4;  // then the other connections get theirs
constexpr std::size_t kMaxDiscard = 4 * 1024 * 1024;
constexpr Microseconds kDiscardTime = std::chrono::seconds(2);

}  // namespace

// Around everything that may call the owner: keeps the connection, and settles it after the outermost
// callback.
class Connection::Busy {
 public:
  explicit Busy(Connection& of) : self_(of.shared_from_this()) { ++self_->depth_; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    if (--self_->depth_ == 0 && self_->settling_) self_->settle();
  }

 private:
  const std::shared_ptr<Connection> self_;
};

Connection::Connection(Io& io, Fd socket, const Ip& peer, const ConnectionLimits& limits)
    : io_(io),
      socket_(std::move(socket)),
      peer_(peer),
      limits_(limits),
      deadline_(io.deadlines, [this] { deadline_passed(); }),
      write_deadline_(io.deadlines, [this] { fail(ErrorCode::kTimeout, "the peer doesn't read"); }) {}

Connection::~Connection() {
  watch_.reset();  // before the descriptor is closed
}

void Connection::begin() {
  const Busy busy(*this);
  begun_ = true;
  read_some();
  update_watch();
}

void Connection::ready(std::uint32_t events) {
  const Busy busy(*this);
  if ((events & (HEARTH_WRITABLE | HEARTH_HANGUP)) && queued() != 0) flush();
  if (events & (HEARTH_READABLE | HEARTH_HANGUP)) draining_ ? discard() : read_some();
  update_watch();
}

void Connection::read_some() {
  for (int reads = 0; reads < kReadsPerTurn && is_open() && !paused_ && !read_ended_; ++reads) {
    const auto n = ::recv(socket_.get(), io_.scratch.data(), io_.scratch.size(), MSG_DONTWAIT);
    if (n == 0) return peer_ended();
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail_errno("read", errno);
      return;
    }
    hand_over({io_.scratch.data(), static_cast<std::size_t>(n)});
    if (static_cast<std::size_t>(n) < io_.scratch.size()) return;  // that was all
  }
}

void Connection::hand_over(std::string_view bytes) {
  if (!data_) return;
  if (input_.empty()) {
    const auto used = std::min(data_(bytes), bytes.size());
    if (is_open() && used < bytes.size()) input_.assign(bytes.substr(used));
  } else {
    input_.append(bytes);
    const auto used = std::min(data_(input_), input_.size());
    input_.erase(0, used);
    if (input_.empty())
      input_.shrink_to_fit();  // ten thousand idle connections must not keep their largest message
  }
  if (is_open() && input_.size() > limits_.max_input) fail(ErrorCode::kBusy, "a message larger than allowed");
}

void Connection::peer_ended() {
  read_ended_ = true;
  if (end_) {
    end_();
  } else {
    fail(ErrorCode::kUnreachable, "the peer closed the connection");
  }
}

void Connection::write(std::string_view bytes) { send(bytes, 0); }

void Connection::send(std::string_view bytes, int flags) {
  if (!is_open() || bytes.empty()) return;
  const bool was_empty = queued() == 0;
  if (was_empty) {
    const auto n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL | flags);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return fail_errno("write", errno);
    bytes.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    if (bytes.empty()) return;
  }
  if (queued() + bytes.size() > limits_.max_output) return fail(ErrorCode::kBusy, "the peer doesn't read");
  output_.append(bytes);
  if (was_empty) write_deadline_.set(limits_.write_timeout);
  update_watch();
}

void Connection::flush() {
  while (queued() != 0) {
    const auto n = ::send(socket_.get(), output_.data() + sent_, queued(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail_errno("write", errno);
      return;
    }
    sent_ += static_cast<std::size_t>(n);
    write_deadline_.set(limits_.write_timeout);
  }
  output_ = {};
  sent_ = 0;
  write_deadline_.clear();
  if (closing_) return flushed();
  if (drained_) drained_();
}

// The kernel holds the bytes back until the FIN, which then travels with them: one packet and one wake-up of
// the peer less.
void Connection::close_with(std::string_view last, bool quiet) {
  send(last, MSG_MORE);
  close_after_flush(quiet);
}

void Connection::close_after_flush(bool quiet) {
  if (!is_open()) return;
  closing_ = true;
  quiet_ = quiet;
  deadline_.clear();
  if (queued() == 0) flushed();
  update_watch();
}

// Everything is with the kernel: say so to the peer, and wait until it has had it.
void Connection::flushed() {
  ::shutdown(socket_.get(), SHUT_WR);
  if (quiet_ || read_ended_) {
    watch_.reset();
    if (read_ended_) return release(std::move(socket_));
    io_.linger.take(std::move(socket_));
    return release(Fd());
  }
  draining_ = true;
  deadline_.set(kDiscardTime);
}

void Connection::discard() {
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const auto n = ::recv(socket_.get(), io_.scratch.data(), io_.scratch.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    discarded_ += n > 0 ? static_cast<std::size_t>(n) : 0;
    if (n <= 0 || discarded_ > kMaxDiscard) {
      watch_.reset();
      return release(std::move(socket_));
    }
  }
}

void Connection::close() {
  if (!socket_) return;
  watch_.reset();
  release(std::move(socket_));
}

void Connection::set_deadline(Microseconds delay) {
  if (is_open()) deadline_.set(delay);
}

void Connection::clear_deadline() {
  if (!draining_) deadline_.clear();
}

void Connection::deadline_passed() {
  const Busy busy(*this);
  if (draining_) return close();
  if (is_open() && late_) return late_();
  fail(ErrorCode::kTimeout, "nothing came in time");
}

void Connection::pause() {
  paused_ = true;
  update_watch();
}

void Connection::resume() {
  if (!std::exchange(paused_, false)) return;
  update_watch();
  if (input_.empty()) return;
  io_.loop.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->is_open() || self->paused_) return;
    const Busy busy(*self);
    self->hand_over({});
    self->update_watch();
  });
}

void Connection::fail_errno(const char* what, int error) {
  fail(ErrorCode::kUnreachable, concat(what, ": ", std::strerror(error)));
}

void Connection::fail(ErrorCode code, std::string words) {
  if (!socket_) return;
  failed_ = !closing_;  // once it is closing, that the peer is gone is no news
  reason_ = {code, std::move(words)};
  close();
}

// The descriptor is gone, `last_use` at the latest when this returns; what is left is to tell, and to let go
// of the callbacks.
void Connection::release(Fd last_use) {
  last_use.reset();
  deadline_.clear();
  write_deadline_.clear();
  if (settling_) return;
  settling_ = true;
  const auto keep = weak_from_this().lock();
  if (!keep) return;  // in the destructor
  if (depth_ == 0) io_.settle_later(keep);
  if (released_) std::exchange(released_, nullptr)(*this);
}

void Connection::settle() {
  if (failed_ && closed_) {
    failed_ = false;
    ++depth_;
    closed_(reason_);
    --depth_;
  }
  data_ = nullptr;
  end_ = drained_ = late_ = nullptr;
  closed_ = nullptr;
}

void Connection::update_watch() {
  if (!socket_ || !begun_) return;
  const bool reading = draining_ || (!closing_ && !paused_ && !read_ended_);
  std::uint32_t wanted = 0;
  if (reading) wanted |= HEARTH_READABLE;
  if (queued() != 0) wanted |= HEARTH_WRITABLE;
  if (wanted == 0) {
    watch_.reset();
  } else if (!watch_) {
    auto watch = io_.loop.watch(socket_.get(), wanted, [this](std::uint32_t events) { ready(events); });
    if (!watch.ok()) return fail(ErrorCode::kFailed, watch.error().words);
    watch_ = std::move(*watch);
  } else if (wanted != watched_ && !io_.loop.rewatch(watch_, wanted).ok()) {
    return fail(ErrorCode::kFailed, "cannot watch the connection");
  }
  watched_ = wanted;
}

}  // namespace hearth::net
