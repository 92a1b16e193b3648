// How one connection ends: orderly, by its owner, by a failure; and who is told.
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "busy.hpp"

namespace hearth::net {

namespace {

constexpr int kReadsPerTurn = 4;
constexpr std::size_t kMaxDiscard = 4 * 1024 * 1024;
constexpr Microseconds kDiscardTime = std::chrono::seconds(2);

}  // namespace

// The kernel holds the bytes back until the FIN, which then travels with them: one packet and one wake-up of
// the peer less.
void Connection::close_with(std::string_view last, bool quiet) {
  send(last, {}, MSG_MORE);
  close_after_flush(quiet);
}

void Connection::close_after_flush(bool quiet) {
  uncork();
  push_soon();
  if (!is_open()) return;
  closing_ = true;
  quiet_ = quiet;
  deadline_.clear();
  if (queued() == 0) flushed();
  update_watch();
}

// Everything is with the kernel: say so to the peer, and wait until it has had it.
void Connection::flushed() {
  if (layer_) layer_->end(socket_.get());
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
  failed_ = false;
  give_up();
}

void Connection::give_up() {
  if (!socket_) return;
  watch_.reset();
  release(std::move(socket_));
}

void Connection::deadline_passed() {
  const Busy busy(*this);
  if (draining_) return give_up();
  if (is_open() && late_) return late_();
  fail(ErrorCode::kTimeout, "nothing came in time");
}

void Connection::fail_errno(const char* what, int error) {
  fail(ErrorCode::kUnreachable, layer_ ? layer_->failure() : concat(what, ": ", std::strerror(error)));
}

void Connection::fail(ErrorCode code, std::string words) {
  if (!socket_) return;
  failed_ = !closing_;  // once it is closing, that the peer is gone is no news
  reason_ = {code, std::move(words)};
  give_up();
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

void Connection::settle(bool tell) {
  if (failed_ && closed_ && tell) {
    failed_ = false;
    ++depth_;
    closed_(reason_);
    --depth_;
  }
  data_ = nullptr;
  end_ = drained_ = late_ = nullptr;
  closed_ = nullptr;
}

}  // namespace hearth::net
