// A session over plain HTTP: the GET that waits, the POST that brings, and the way from there to a WebSocket.
#include <utility>

#include "engine_upgrade.hpp"
#include "hearth/net/utf8.hpp"
#include "hearth/socketio/engine_server.hpp"
#include "hearth/socketio/engine_session.hpp"

namespace hearth::socketio {

void EngineSession::begin_polling(net::HttpExchange& exchange) {
  server_->answer(exchange, origin_, "text/plain; charset=UTF-8", open_packet());
}

// A browser's first request, a GET of the page's own host, doesn't say whose page it is; all others do.
void EngineSession::comes_from(std::string_view page) {
  if (origin_.empty()) origin_ = page;
}

void EngineSession::poll(const std::shared_ptr<net::HttpExchange>& exchange) {
  if (poll_) {
    server_->refuse(*exchange, EngineError::kBadRequest);
    return fail("two polls at once");
  }
  const auto keep = shared_from_this();
  poll_ = exchange;
  exchange->on_gone([this] { fail("the client has dropped its poll"); });
  end_probes(true);
  if (state_ == State::kClosed) return;
  if (upgrade_ && upgrade_->probed()) return upgrade_->hold_poll();
  if (state_ == State::kClosing) return go_on_closing();
  flush();
}

// The HTTP server holds on to what is returned until the body is there or never will be.
std::shared_ptr<void> EngineSession::post_announced() {
  if (!post_.expired()) {
    fail("two posts at once");
    return nullptr;
  }
  const auto token = std::make_shared<char>();
  post_ = token;
  return token;
}

void EngineSession::post(net::HttpExchange& exchange) {
  const auto& request = exchange.request();
  const auto keep = shared_from_this();
  auto* server = server_;  // for the answer, when the body was the end of the session
  const auto type = request.headers.get("Content-Type");
  if (request.body.size() > server->options().max_payload) {
    auto response = net::HttpResponse::text(413, "too large a payload");
    server->dress(response, origin_);
    return exchange.answer(std::move(response));
  }
  if (type.starts_with("application/octet-stream") || !net::is_utf8(request.body) ||
      !take_payload(request.body)) {
    server->refuse(exchange, EngineError::kBadRequest);
    return fail("a malformed payload");
  }
  server->answer(exchange, origin_, "text/html", "ok");
  uncork();
}

// What the packets lead to leaves together; the caller uncorks. False if one of them is malformed.
bool EngineSession::take_payload(std::string_view body) {
  corked_ = true;
  EnginePayload payload(body);
  for (std::string_view text; state_ != State::kClosed && !overflown_ && payload.next(text);) {
    EnginePacket packet;
    if (!server_->reader_.read(text, packet) || packet.type == EngineType::kPing) return false;
    heard(packet);
  }
  return true;
}

void EngineSession::flush_polling() {
  std::string body;
  for (const auto& one : std::exchange(queue_, {})) append_to_payload(body, one.packet, one.binary);
  queued_bytes_ = 0;
  held_.set(0);
  answer_poll(std::move(body));
}

void EngineSession::answer_poll(std::string body) {
  const auto poll = std::exchange(poll_, nullptr);
  if (!poll) return;
  poll->on_gone(nullptr);
  server_->answer(*poll, origin_, "text/plain; charset=UTF-8", std::move(body));
}

// What was sent goes out with one poll, the end with the next: clients look at a packet that says goodbye to
// a namespace before they hear that the connection is gone.
void EngineSession::go_on_closing() {
  if (upgrade_ && upgrade_->probed()) return;  // with the end of that
  upgrade_.reset();
  if (socket_) return end("", false);
  if (!poll_) return;
  if (!queue_.empty()) return flush_polling();
  answer_poll("1");
  end("", false);
}

// ---- To a WebSocket
// ----------------------------------------------------------------------------------------

void EngineSession::upgrade(std::shared_ptr<net::WebSocket> socket) {
  upgrade_ = std::make_unique<EngineUpgrade>(*this, std::move(socket), server_->options().upgrade_timeout);
}

void EngineSession::upgraded(std::shared_ptr<net::WebSocket> socket) {
  if (const auto poll = std::exchange(poll_, nullptr)) {
    poll->on_gone(nullptr);
    server_->refuse(*poll, EngineError::kBadRequest, origin_);
  }
  upgrade_.reset();
  socket_ = std::move(socket);
  attach();
  for (const auto& one : std::exchange(queue_, {}))
    one.binary ? socket_->send_binary(one.packet) : socket_->send_text(one.packet);
  queued_bytes_ = 0;
  held_.set(0);
  corked_ = false;
  sign_of_life();
  if (state_ == State::kClosing) go_on_closing();
}

// Polling goes on, as if nothing had been.
void EngineSession::upgrade_failed() {
  const auto keep = shared_from_this();
  upgrade_.reset();
  if (state_ == State::kClosing) return go_on_closing();
  flush();
}

}  // namespace hearth::socketio
