// EngineServer: Engine.IO, protocol 4, on an HTTP server: polling, WebSocket, and the change between them.
#ifndef HEARTH_SOCKETIO_ENGINE_SERVER_HPP
#define HEARTH_SOCKETIO_ENGINE_SERVER_HPP

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hearth/net/http_server.hpp"
#include "hearth/net/websocket_handshake.hpp"
#include "hearth/socketio/engine_session.hpp"

namespace hearth::socketio {

struct EngineOptions {
  std::string path = "/engine.io/";  // and whatever begins so
  Microseconds ping_interval = std::chrono::seconds(25);
  Microseconds ping_timeout = std::chrono::seconds(20);  // for the pong, or any other packet
  std::size_t max_payload = 1'000'000;                   // bytes of one message or one polling body
  Microseconds upgrade_timeout = std::chrono::seconds(10);
  Microseconds closing_timeout = std::chrono::seconds(30);  // for the last poll of a session that closes
  std::size_t max_sessions = 1024;                          // one more is answered 503
  std::size_t max_per_address = 0;  // of these, from one address; 0: no limit of its own
  // Bytes that may wait for a client. Whole messages of the largest size fit, as Base64 too.
  std::size_t max_queue = 2'000'000;
  // Pages whose scripts may connect ("http://panel.example"); empty or "*": those of everybody. Clients that
  // aren't browsers name no origin, and are always let in.
  std::vector<std::string> origins{};

  // From the keys ping_interval_ms, ping_timeout_ms, max_payload, and max_connections,
  // max_connections_per_address and origins if they are there. Throws std::runtime_error, in words, if one of
  // the origins can never fit.
  static EngineOptions from(const Config& config);
};

// What a refused request is told: {"code":N,"message":...}.
enum class EngineError : std::uint8_t {
  kUnknownTransport,
  kUnknownSession,
  kBadMethod,
  kBadRequest,
  kForbidden,
  kUnsupportedVersion
};

// The page whose script makes the request: its Origin (RFC 6454). Empty for clients that aren't browsers,
// some of which say "file://" or name the server itself: by its address or as localhost, since no page of
// anybody else's is served there. A name could be anybody's, who makes it point here (DNS rebinding).
std::string_view page_of(const net::HttpHeaders& headers);

// Does a request from this page (empty: none) fit the list?
bool origin_fits(const std::vector<std::string>& origins, std::string_view page);

// Give it the requests that it serves(), and install() it in the server's options before. It ends before the
// HTTP server does, or the loop doesn't turn between the two ends. [loop]
class EngineServer {
 public:
  // A client has come; messages follow, never from inside this call.
  using Opened = std::function<void(const std::shared_ptr<EngineSession>&)>;

  EngineServer(net::Io& io, EngineOptions options, Opened opened);
  EngineServer(const EngineServer&) = delete;
  EngineServer& operator=(const EngineServer&) = delete;
  ~EngineServer();  // ends all sessions without a word to their owners

  // Sets what the HTTP server has to know of it: how large bodies may be, which headers its own errors carry,
  // and whom to tell that a body is coming. Several may be installed in one.
  void install(net::HttpServerOptions& options);

  bool serves(const net::HttpRequest& request) const { return request.path.starts_with(options_.path); }
  void handle(const std::shared_ptr<net::HttpExchange>& exchange);

  std::size_t size() const { return sessions_.size(); }
  // Logs what a client did wrong: one line in ten seconds, with the number of those left out.
  void note(const net::Ip& peer, std::string_view what);
  const EngineOptions& options() const { return options_; }
  net::Io& io() const { return io_; }

 private:
  friend class EngineSession;
  // What a request's query asks for.
  struct Call {
    std::string transport, sid, version;
    bool websocket = false;  // it wants to become one
  };
  struct Ended {
    std::string sid;
    Microseconds at;
  };

  static Call call_of(const net::HttpRequest& request);
  void open(const std::shared_ptr<net::HttpExchange>& exchange, const Call& call);
  void go_on(const std::shared_ptr<net::HttpExchange>& exchange, const Call& call);
  void change_transport(net::HttpExchange& exchange, EngineSession& session);
  std::shared_ptr<net::WebSocket> accept(net::HttpExchange& exchange) const;
  std::shared_ptr<EngineSession> find(std::string_view sid);
  std::shared_ptr<void> post_announced(const net::HttpRequest& request);
  bool take_last_poll(std::string_view sid);
  void preflight(net::HttpExchange& exchange) const;
  // By the sessions too.
  void answer(net::HttpExchange& exchange, std::string_view origin, std::string_view type,
              std::string body) const;
  void refuse(net::HttpExchange& exchange, EngineError error) const;
  void refuse(net::HttpExchange& exchange, EngineError error, std::string_view origin) const;
  void dress(net::HttpResponse& response, std::string_view origin) const;
  bool is_full(const net::Ip& peer) const;
  void forget(const EngineSession& session);
  void expect_last_poll(std::string sid);

  net::Io& io_;
  const EngineOptions options_;
  const Opened opened_;
  std::unordered_map<std::string_view, std::shared_ptr<EngineSession>> sessions_;  // by their own sid
  std::deque<Ended> ended_;  // whose client may have one more poll on its way
  EngineReader reader_;
  std::string scratch_;
  Microseconds noted_{0};  // when something was last logged
  std::uint64_t unnoted_ = 0;
};

}  // namespace hearth::socketio

#endif
