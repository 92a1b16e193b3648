// One connection's reading, and what it waits for.
#include "hearth/net/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "busy.hpp"

namespace hearth::net {

namespace {

constexpr int kReadsPerTurn = 4;  // then the other connections get theirs

}  // namespace

Connection::Connection(Io& io, Fd socket, const Ip& peer, const ConnectionLimits& limits)
    : io_(io),
      socket_(std::move(socket)),
      peer_(peer),
      limits_(limits),
      deadline_(io.deadlines, [this] { deadline_passed(); }),
      write_deadline_(io.deadlines, [this] { fail(ErrorCode::kTimeout, "the peer doesn't read"); }),
      held_(io, Held::Of::kOutput) {}

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
  const bool layered_wait = layer_ && layer_->write_waits_to_read();
  if ((events & (HEARTH_WRITABLE | HEARTH_HANGUP) || layered_wait) && queued() != 0 && !soon_) flush();
  if (events & (HEARTH_READABLE | HEARTH_HANGUP) || (layer_ && layer_->read_waits_to_write()))
    draining_ ? discard() : read_some();
  update_watch();
}

void Connection::read_some() {
  for (int reads = 0; reads < kReadsPerTurn && is_open() && !paused_ && !read_ended_; ++reads) {
    auto& buffer = io_.scratch;
    const auto n = layer_ ? layer_->read(socket_.get(), buffer.data(), buffer.size())
                          : ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n == 0) return peer_ended();
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return fail_errno("read", errno);
      break;
    }
    hand_over({buffer.data(), static_cast<std::size_t>(n)});
    if (!layer_ && static_cast<std::size_t>(n) < buffer.size()) return;  // that was all
  }
  if (layer_) read_rest();
}

// What a layer has decrypted already wakes nobody, and its handshake may have made writing possible.
void Connection::read_rest() {
  if (!is_open() && !closing_) return;
  if (queued() != 0 && !corked_ && !soon_ && socket_) flush();
  if (is_open() && !paused_ && layer_->has_more()) offer_again();
}

// What wasn't used is kept; a callback that was replaced leaves its rest to the new one.
void Connection::hand_over(std::string_view bytes) {
  if (input_.empty()) {
    const auto used = give(bytes);
    if (is_open() && used < bytes.size()) input_.assign(bytes.substr(used));
  } else {
    input_.append(bytes);
    input_.erase(0, give(input_));
    if (input_.empty())
      input_.shrink_to_fit();  // ten thousand idle connections must not keep their largest message
  }
  if (is_open() && input_.size() > limits_.max_input) fail(ErrorCode::kBusy, "a message larger than allowed");
}

std::size_t Connection::give(std::string_view bytes) {
  std::size_t used = 0;
  while (data_ && is_open()) {
    auto running = std::move(data_);
    data_ = nullptr;
    try {
      used += std::min(running(bytes.substr(used)), bytes.size() - used);
    } catch (...) {
      if (!data_) data_ = std::move(running);
      fail(ErrorCode::kFailed, "its owner could not go on");  // what it had understood so far is unknown
      throw;
    }
    if (!data_) {
      data_ = std::move(running);
      break;
    }
    if (paused_ || used == bytes.size()) break;
  }
  return used;
}

void Connection::peer_ended() {
  read_ended_ = true;
  if (end_) {
    end_();
  } else {
    fail(ErrorCode::kUnreachable, "the peer closed the connection");
  }
}

void Connection::set_deadline(Microseconds delay) {
  if (is_open()) deadline_.set(delay);
}

void Connection::clear_deadline() {
  if (!draining_) deadline_.clear();
}

void Connection::pause() {
  paused_ = true;
  update_watch();
}

void Connection::resume() {
  if (!std::exchange(paused_, false)) return;
  update_watch();
  if (!input_.empty() || (layer_ && layer_->has_more())) offer_again();
}

void Connection::offer_again() {
  if (std::exchange(offering_, true)) return;
  io_.loop.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->offering_ = false;
    if (!self->is_open() || self->paused_) return;
    const Busy busy(*self);
    if (!self->input_.empty()) self->hand_over({});
    if (self->layer_) self->read_some();
    self->update_watch();
  });
}

std::uint32_t Connection::wanted() const {
  const bool reading = draining_ || (!closing_ && !paused_ && !read_ended_);
  const bool writing = queued() != 0 && !soon_;
  const bool write_reads = layer_ && layer_->write_waits_to_read();
  std::uint32_t events = 0;
  if (reading || (writing && write_reads)) events |= HEARTH_READABLE;
  if ((writing && !write_reads) || (reading && layer_ && layer_->read_waits_to_write()))
    events |= HEARTH_WRITABLE;
  return events;
}

void Connection::update_watch() {
  if (!socket_ || !begun_) return;
  const auto events = wanted();
  if (events == 0) {
    watch_.reset();
  } else if (!watch_) {
    auto watch = io_.loop.watch(socket_.get(), events, [this](std::uint32_t ready_for) { ready(ready_for); });
    if (!watch.ok()) return fail(ErrorCode::kFailed, watch.error().words);
    watch_ = std::move(*watch);
  } else if (events != watched_ && !io_.loop.rewatch(watch_, events).ok()) {
    return fail(ErrorCode::kFailed, "cannot watch the connection");
  }
  watched_ = events;
}

}  // namespace hearth::net
