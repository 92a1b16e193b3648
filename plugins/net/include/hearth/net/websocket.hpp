// WebSocket: messages over one connection, in either role (RFC 6455).
#ifndef HEARTH_NET_WEBSOCKET_HPP
#define HEARTH_NET_WEBSOCKET_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/connection.hpp"
#include "hearth/net/held.hpp"
#include "hearth/net/websocket_frames.hpp"

namespace hearth::net {

struct WebSocketOptions {
  std::size_t max_message = 1024 * 1024;  // more is 1009
  Microseconds ping_interval{0};          // a ping this often; 0: none
  // Without any byte from the peer after a ping: it is lost (1006).
  Microseconds pong_timeout = std::chrono::seconds(20);
  Microseconds close_timeout = std::chrono::seconds(5);  // for the peer's part of the closing
};

// Made by accept_websocket() or connect_websocket() (websocket_handshake.hpp). A server's lives as long as
// its connection, whoever keeps it; a client's until its owner drops it, which closes it. What waits to be
// sent is bounded by ConnectionLimits: a peer that doesn't read is dropped. No compression. [loop]
//
// Callbacks come from the loop, never from inside a function called here, and may close or drop the
// WebSocket. They are let go of after on_close, or when it is dropped; what they capture must not own it.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  enum class Role : std::uint8_t { kServer, kClient };

  // For the handshakes: begins at once; what has come already is heard after the present callback.
  static std::shared_ptr<WebSocket> over(std::shared_ptr<Connection> connection, Role role,
                                         const WebSocketOptions& options, std::string protocol);
  WebSocket(std::shared_ptr<Connection> connection, Role role, const WebSocketOptions& options,
            std::string protocol);
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  ~WebSocket();

  // A whole message; a text is valid UTF-8. Not called any more after close().
  void on_message(std::function<void(std::string_view data, bool binary)> call) {
    message_ = std::move(call);
  }
  // The answer to a ping, or a pong that nobody asked for.
  void on_pong(std::function<void(std::string_view data)> call) { pong_ = std::move(call); }
  // It has ended: the peer's code (1005: it gave none) and reason, or our own: 1002, 1007, 1009 for what it
  // did wrong, 1013 for too much at once (Held), 1006 for a connection that is lost, with words. Once; not
  // after drop().
  void on_close(std::function<void(std::uint16_t code, std::string_view reason)> call) {
    closed_ = std::move(call);
  }

  // Nothing happens once it is closing. Text must be UTF-8, or the peer will close.
  void send_text(std::string_view text, Haste haste = Haste::kNow) {
    send(WebSocketOpcode::kText, text, haste);
  }
  void send_binary(std::string_view bytes) { send(WebSocketOpcode::kBinary, bytes); }
  void send_ping(std::string_view data = {}) { send(WebSocketOpcode::kPing, data.substr(0, 125)); }
  std::size_t queued() const { return connection_->queued(); }

  // Begins to close: on_close follows with the peer's answer, or 1006 after close_timeout. A code that may
  // not be sent becomes 1000; the reason is cut at 123 bytes.
  void close(std::uint16_t code = WebSocketCode::kNormal, std::string_view reason = {});
  // Ends it without a word to anybody.
  void drop();
  bool is_open() const { return state_ == State::kOpen && connection_->is_open(); }

  const std::string& protocol() const { return protocol_; }  // agreed on; empty: none
  const Ip& peer() const { return connection_->peer(); }

 private:
  enum class State : std::uint8_t { kOpen, kClosing, kEnded };

  void attach();
  std::size_t data(std::string_view bytes);
  bool heard(WebSocketDecoder::Event event);
  void deliver(bool binary);
  void send(WebSocketOpcode opcode, std::string_view payload, Haste haste = Haste::kNow);
  void peer_closed();
  void refuse(std::uint16_t code, std::string_view words);
  void tick();
  void lost(std::string_view words);
  void finish(std::uint16_t code, std::string_view reason);

  const std::shared_ptr<Connection> connection_;
  const Role role_;
  State state_ = State::kOpen;
  bool heard_ = false, awaiting_pong_ = false;
  const Microseconds ping_interval_, pong_timeout_, close_timeout_;
  WebSocketDecoder decoder_;
  Held held_;
  std::function<void(std::string_view, bool)> message_;
  std::function<void(std::string_view)> pong_;
  std::function<void(std::uint16_t, std::string_view)> closed_;
  const std::string protocol_;
};

}  // namespace hearth::net

#endif
