// Nothing more is looked at while the client doesn't take its answers, or an answer isn't known yet.
#include "client.hpp"

#include "answers.hpp"
#include "router.hpp"

namespace hearth::relay {

namespace {

constexpr std::size_t kMostUnread = 16 * 1024;  // bytes that wait for the house's answer

}  // namespace

void Client::serve(net::Connection& connection, Router& router) {
  const auto client = std::make_shared<Client>(connection, router);
  connection.on_data([client](std::string_view bytes) { return client->data(bytes); });
  connection.on_end([client] { client->ended(); });
  connection.on_drained([client] { client->flush(); });
  connection.on_closed([client](const Error&) { client->gone(); });
}

void Client::set_card(Card card) {
  card_ = std::move(card);
  head_ = is_registered() ? forward_head(card_.name) : std::string();
}

std::size_t Client::data(std::string_view bytes) {
  if (unread_.empty()) {
    unread_ = work_off(bytes);
  } else {
    unread_.erase(0, std::exchange(used_, 0)).append(bytes);
  }
  // While it waits for an answer of the house its end is still to be noticed.
  if (outbox_.is_blocked() || unread_.size() >= kMostUnread) connection_.pause();
  return bytes.size();
}

// What it couldn't look at yet.
std::string_view Client::work_off(std::string_view bytes) {
  while (!bytes.empty() && connection_.is_open() && !waiting_) {
    if (outbox_.is_long()) outbox_.flush();
    if (outbox_.is_blocked()) break;
    found(stream_.next(bytes));
  }
  return connection_.is_open() ? bytes : std::string_view();
}

void Client::found(PacketStream::Found what) {
  switch (what) {
    case PacketStream::Found::kNothing: return;
    case PacketStream::Found::kPacket: return router_.route(*this, stream_.packet());
    case PacketStream::Found::kLong: return say(refusal("a packet has to have fewer than 1024 characters"));
    case PacketStream::Found::kGarbage: return say(refusal("a packet is a JSON object"));
    case PacketStream::Found::kEndless:
      say(refusal("no packet ends within 4096 characters"));
      return finish();
  }
}

void Client::say(std::string_view line) {
  outbox_.put(line);
  if (!std::exchange(flush_is_due_, true)) router_.flush_later(*this);
}

bool Client::forward(std::string_view head, std::string_view payload) {
  if (!connection_.is_open() || !outbox_.put_packet(head, payload, kForwardTail)) return false;
  if (!std::exchange(flush_is_due_, true)) router_.flush_later(*this);
  return true;
}

void Client::resume(std::string_view line) {
  if (!std::exchange(waiting_, false)) return;
  say(line);
  go_on();
}

void Client::flush() {
  flush_is_due_ = false;
  outbox_.flush();
  go_on();
}

// With what has come and couldn't be looked at, then with what comes, or with its end.
void Client::go_on() {
  if (waiting_ || outbox_.is_blocked()) return;
  const auto rest = work_off(std::string_view(unread_).substr(used_));
  used_ = unread_.size() - rest.size();
  if (!rest.empty()) return;
  unread_ = {};
  used_ = 0;
  if (waiting_ || !connection_.is_open()) return;
  ended_ ? finish() : connection_.resume();
}

// A client at a shell ends its half behind its packets, and still wants the answers.
void Client::ended() {
  ended_ = true;
  if (unread_.empty()) gone();
  go_on();
}

void Client::gone() { router_.directory().leave(*this, "the client has gone"); }

void Client::finish() {
  gone();
  outbox_.push_out();
  connection_.close_after_flush(ended_);
}

}  // namespace hearth::relay
