// One WebSocket: frames in and out, pings, and the closing of both sides.
#include "hearth/net/websocket.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace hearth::net {

namespace {

// RFC 6455, section 10.3: from a source that whoever chooses the payload can't foresee.
WebSocketMask random_mask() {
  WebSocketMask mask;
  if (::getrandom(mask.data(), mask.size(), 0) != static_cast<ssize_t>(mask.size()))
    throw std::runtime_error("no random bytes");
  return mask;
}

}  // namespace

std::shared_ptr<WebSocket> WebSocket::over(std::shared_ptr<Connection> connection, Role role,
                                           const WebSocketOptions& options, std::string protocol) {
  auto socket = std::make_shared<WebSocket>(std::move(connection), role, options, std::move(protocol));
  socket->attach();
  return socket;
}

WebSocket::WebSocket(std::shared_ptr<Connection> connection, Role role, const WebSocketOptions& options,
                     std::string protocol)
    : connection_(std::move(connection)),
      role_(role),
      ping_interval_(options.ping_interval),
      pong_timeout_(options.pong_timeout),
      close_timeout_(options.close_timeout),
      decoder_(role == Role::kServer ? WebSocketDecoder::From::kClient : WebSocketDecoder::From::kServer,
               options.max_message),
      held_(connection_->io()),
      protocol_(std::move(protocol)) {}

// No callback comes after close(), so those of the connection may hold a bare pointer.
WebSocket::~WebSocket() { connection_->close(); }

// A server's connection keeps its WebSocket through on_data, and lets go when it ends.
void WebSocket::attach() {
  if (role_ == Role::kServer) {
    connection_->on_data([self = shared_from_this()](std::string_view bytes) { return self->data(bytes); });
  } else {
    connection_->on_data([this](std::string_view bytes) { return data(bytes); });
  }
  connection_->on_end([this] { lost("the peer closed the connection"); });
  connection_->on_closed([this](const Error& error) { lost(error.words); });
  connection_->on_deadline([this] { tick(); });
  if (ping_interval_.count() != 0) connection_->set_deadline(ping_interval_);
}

std::size_t WebSocket::data(std::string_view bytes) {
  // A server's is kept by the callback that this is called from.
  const auto keep = role_ == Role::kClient ? shared_from_this() : nullptr;
  heard_ = true;
  std::size_t total = 0;
  while (state_ != State::kEnded && connection_->is_open()) {
    std::size_t used = 0;
    const auto event = decoder_.next(bytes.substr(total), used);
    total += used;
    if (event == WebSocketDecoder::Event::kNeedMore) break;
    if (total < bytes.size()) connection_->cork();  // what several frames lead to travels together
    if (!heard(event)) break;
    if (keep && keep.use_count() == 1) drop();  // its owner has let go of it
  }
  if (state_ != State::kEnded && !held_.set(decoder_.held()))
    refuse(WebSocketCode::kTryLater, "too much at once");
  connection_->uncork();
  return bytes.size();
}

// True if more frames may follow.
bool WebSocket::heard(WebSocketDecoder::Event event) {
  switch (event) {
    case WebSocketDecoder::Event::kText:
    case WebSocketDecoder::Event::kBinary:
      if (state_ == State::kOpen) deliver(event == WebSocketDecoder::Event::kBinary);
      return true;
    case WebSocketDecoder::Event::kPing: send(WebSocketOpcode::kPong, decoder_.payload()); return true;
    case WebSocketDecoder::Event::kPong:
      if (const auto call = pong_; call && state_ == State::kOpen) call(decoder_.payload());
      return true;
    case WebSocketDecoder::Event::kNeedMore: return true;
    case WebSocketDecoder::Event::kClose: peer_closed(); return false;
    case WebSocketDecoder::Event::kRefused: refuse(decoder_.code(), decoder_.payload()); return false;
  }
  return false;
}

// The callback may put another in its own place.
void WebSocket::deliver(bool binary) {
  if (!message_) return;
  auto call = std::exchange(message_, nullptr);
  call(decoder_.payload(), binary);
  if (!message_ && state_ != State::kEnded) message_ = std::move(call);
}

void WebSocket::send(WebSocketOpcode opcode, std::string_view payload, Haste haste) {
  if (!is_open()) return;
  if (role_ == Role::kServer) {
    std::array<char, kWebSocketHeaderSize> header;
    const auto size = write_frame_header(header.data(), opcode, payload.size());
    return connection_->write({header.data(), size}, payload, haste);
  }
  const auto mask = random_mask();
  std::string frame;
  append_frame(frame, opcode, payload, &mask);
  connection_->write(frame, {}, haste);
}

void WebSocket::close(std::uint16_t code, std::string_view reason) {
  if (!is_open()) return;
  send(WebSocketOpcode::kClose,
       close_payload(WebSocketCode::may_be_sent(code) ? code : WebSocketCode::kNormal, reason));
  state_ = State::kClosing;
  connection_->set_deadline(close_timeout_);
}

// Section 7.1.1: the server ends the connection first, the client waits for that, but not for ever.
void WebSocket::peer_closed() {
  const auto code = decoder_.code();
  const std::string reason(decoder_.payload());
  if (state_ == State::kOpen)
    send(WebSocketOpcode::kClose, code == WebSocketCode::kNoCode ? std::string() : close_payload(code, {}));
  state_ = State::kEnded;
  if (role_ == Role::kServer) {
    connection_->close_after_flush(true);
  } else {
    connection_->set_deadline(close_timeout_);
  }
  finish(code, reason);
}

void WebSocket::refuse(std::uint16_t code, std::string_view words) {
  if (state_ == State::kOpen) send(WebSocketOpcode::kClose, close_payload(code, words));
  state_ = State::kEnded;
  connection_->close_after_flush();
  finish(code, words);
}

void WebSocket::tick() {
  const auto keep = shared_from_this();
  if (state_ == State::kEnded) return connection_->close();
  if (state_ == State::kClosing) return lost("the peer did not answer the closing");
  if (!awaiting_pong_) {
    send_ping();
    heard_ = false;
    awaiting_pong_ = true;
    return connection_->set_deadline(pong_timeout_);
  }
  if (!heard_) return lost("the peer did not answer a ping");
  awaiting_pong_ = false;
  connection_->set_deadline(std::max(ping_interval_ - pong_timeout_, Microseconds(0)));
}

void WebSocket::lost(std::string_view words) {
  const auto keep = shared_from_this();
  const std::string copy(words);
  connection_->close();
  state_ = State::kEnded;
  finish(WebSocketCode::kAbnormal, copy);
}

void WebSocket::drop() {
  state_ = State::kEnded;
  message_ = nullptr;
  pong_ = nullptr;
  closed_ = nullptr;
  connection_->close();
}

void WebSocket::finish(std::uint16_t code, std::string_view reason) {
  held_.set(0);
  message_ = nullptr;
  pong_ = nullptr;
  if (const auto call = std::exchange(closed_, nullptr)) call(code, reason);
}

}  // namespace hearth::net
