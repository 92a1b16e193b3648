// EngineSession: one Engine.IO client: messages both ways, whichever transport carries them at the moment.
#ifndef HEARTH_SOCKETIO_ENGINE_SESSION_HPP
#define HEARTH_SOCKETIO_ENGINE_SESSION_HPP

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/net/held.hpp"
#include "hearth/net/http_server.hpp"
#include "hearth/net/websocket.hpp"
#include "hearth/socketio/engine_packet.hpp"

namespace hearth::socketio {

class EngineServer;
class EngineUpgrade;

// Made by an EngineServer, which keeps it until it ends; whoever keeps it longer holds something closed.
// Callbacks come from the loop and may close the session. They are let go of when it ends; what they capture
// must not own it. [loop]
class EngineSession : public std::enable_shared_from_this<EngineSession> {
 public:
  EngineSession(EngineServer& server, std::string sid, const net::Ip& peer, std::string_view origin);
  EngineSession(const EngineSession&) = delete;
  EngineSession& operator=(const EngineSession&) = delete;
  ~EngineSession();

  // A secret: whoever knows it can speak for the client.
  const std::string& sid() const { return sid_; }
  const net::Ip& peer() const { return peer_; }
  // The page that a browser is showing, as the handshake or a later request says; empty for other clients.
  const std::string& origin() const { return origin_; }
  bool on_websocket() const { return socket_ != nullptr; }
  bool is_open() const { return state_ == State::kOpen; }
  // Bytes that wait for the client.
  std::size_t queued() const;

  // A message; text is valid UTF-8.
  void on_message(std::function<void(std::string_view data, bool binary)> call) {
    message_ = std::move(call);
  }
  // It has ended otherwise than by close(), with the reason in words. Called once.
  void on_close(std::function<void(std::string_view why)> call) { closed_ = std::move(call); }

  // Nothing happens once it is closing. What waits for a client that polls, or changes its transport, is
  // bounded by EngineOptions::max_queue; more ends the session.
  void send_text(std::string_view text, net::Haste haste = net::Haste::kNow);
  void send_binary(std::string_view bytes);

  // Does the client still live? Sends it a ping at once; `done` is called once, from the loop: with true as
  // soon as anything comes, with false after `timeout` or when the session ends. Not if it has ended already.
  void probe(Microseconds timeout, std::function<void(bool alive)> done);

  // Ends it; what was sent before goes out first. No callback comes any more, but a probe's.
  void close();

 private:
  friend class EngineServer;
  friend class EngineUpgrade;
  enum class State : std::uint8_t { kOpen, kClosing, kClosed };
  struct Queued {
    std::string packet;  // with its digit, unless it is binary
    bool binary;
  };
  struct Probe;
  static constexpr std::size_t kFree = 16 * 1024;  // of what waits; so much everybody may leave unfetched

  // The server's part: requests of this session, already checked. [engine_polling.cpp]
  void begin_polling(net::HttpExchange& exchange);
  void begin_websocket(std::shared_ptr<net::WebSocket> socket);
  void poll(const std::shared_ptr<net::HttpExchange>& exchange);
  void post(net::HttpExchange& exchange);
  std::shared_ptr<void> post_announced();
  void upgrade(std::shared_ptr<net::WebSocket> socket);
  bool is_late();
  void comes_from(std::string_view page);
  void drop();

  std::string open_packet() const;
  void attach();
  void received(std::string_view text);
  void heard(const EnginePacket& packet);
  void deliver(std::string_view data, bool binary);
  void sign_of_life();

  void send(std::string_view packet, bool binary, net::Haste haste = net::Haste::kNow);
  void enqueue(std::string_view packet, bool binary);
  void uncork();
  void flush();
  void flush_polling();
  void answer_poll(std::string body);
  bool take_payload(std::string_view body);

  void set_heartbeat(Microseconds at);
  void beat();
  void read_first();
  void end_probe(std::uint32_t id);
  void end_probes(bool alive);

  void upgraded(std::shared_ptr<net::WebSocket> socket);
  void upgrade_failed();

  void client_closes();
  void go_on_closing();
  void fail(std::string_view why);
  void end(std::string_view why, bool tell);

  EngineServer* server_;  // null once it has ended
  const std::string sid_;
  const net::Ip peer_;
  std::string origin_;
  State state_ = State::kOpen;
  bool awaiting_pong_ = false, extended_ = false;
  bool corked_ = false;                      // what is sent waits for more
  bool overflown_ = false;                   // the queue
  std::shared_ptr<net::WebSocket> socket_;   // null: it polls
  std::shared_ptr<net::HttpExchange> poll_;  // that waits for something to send
  std::weak_ptr<void> post_;                 // whose body is coming
  std::unique_ptr<EngineUpgrade> upgrade_;
  std::vector<Queued> queue_;
  std::size_t queued_bytes_ = 0;
  net::Held held_;  // of the queue
  net::Deadline heartbeat_;
  Microseconds heartbeat_at_{0};
  std::vector<std::unique_ptr<Probe>> probes_;
  std::uint32_t last_probe_ = 0;
  std::function<void(std::string_view, bool)> message_;
  std::function<void(std::string_view)> closed_;
};

}  // namespace hearth::socketio

#endif
