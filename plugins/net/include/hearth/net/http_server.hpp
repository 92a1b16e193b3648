// HttpServer: HTTP/1.1 on a listener: requests in, answers out, in order, with limits and deadlines.
#ifndef HEARTH_NET_HTTP_SERVER_HPP
#define HEARTH_NET_HTTP_SERVER_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/http_message.hpp"
#include "hearth/net/http_parser.hpp"
#include "hearth/net/listener.hpp"

namespace hearth::net {

class HttpSession;

// One request and its answer. Whoever keeps the pointer may answer later; meanwhile the connection's next
// requests wait. Dropped without an answer, it answers 500. Nothing happens once the client is gone. [loop]
class HttpExchange {
 public:
  HttpExchange(std::weak_ptr<HttpSession> session, const HttpRequest& request)
      : session_(std::move(session)), request_(request) {}
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  ~HttpExchange();

  // Only until the handler returns; what is needed later has to be copied.
  const HttpRequest& request() const { return request_; }
  Ip peer() const;
  // Is the client still there, and the answer still owed?
  bool is_open() const;

  // Once. Invalid headers (see HttpFields) become 500 and a line in the log.
  void answer(HttpResponse response);

  // An answer that comes in pieces: begin(), send() as often as wanted, end(). Its `body` is the first piece.
  // The client has to keep up (ConnectionLimits::max_output); queued() says how far it is behind.
  void begin(HttpResponse head);
  void send(std::string_view piece);
  void end();
  std::size_t queued() const;

  // The client has ended its half, or is lost, before the answer was complete. Called once. Without it, a
  // client that has only ended its half still gets the answer.
  void on_gone(std::function<void()> call) { gone_ = std::move(call); }

  // Sends `first` as it is and hands the connection over, to a protocol that gives it its own callbacks
  // before the loop turns. What the client has sent behind the request comes to its on_data. Null if the
  // client is gone.
  std::shared_ptr<Connection> take_over(std::string_view first);

 private:
  friend class HttpSession;
  enum class State : std::uint8_t { kOwed, kStreaming, kDone };
  // If that is still something to do: moves on to `next`.
  std::shared_ptr<HttpSession> step(State from, State next);

  std::weak_ptr<HttpSession> session_;
  HttpRequest request_;
  std::function<void()> gone_;
  State state_ = State::kOwed;
};

using HttpHandler = std::function<void(const std::shared_ptr<HttpExchange>&)>;

struct HttpServerOptions {
  ListenerOptions listener{};
  HttpLimits limits{};
  Microseconds head_timeout = std::chrono::seconds(10);  // first byte to last of a request's head: 408
  Microseconds body_timeout = std::chrono::seconds(30);  // the same of its body: 408
  Microseconds idle_timeout = std::chrono::seconds(60);  // between requests; then it is closed
  // Following requests that wait for an answer; more than that stays with the kernel.
  std::size_t max_waiting = 16 * 1024;
  // Hears of a request whose body is still to come (`body` is empty). What it returns is kept until the
  // handler has had the request, or the request is refused or lost.
  std::function<std::shared_ptr<void>(const HttpRequest&)> announced{};
  // Adds headers to what the server answers by itself (400, 408, 413 ...): CORS, for example. `asked`: the
  // request's, if it came that far.
  std::function<void(HttpResponse&, const HttpHeaders& asked)> dress{};
  LayerMaker layer{};  // TLS: see tls.hpp
};

// Whole bodies only, up to limits.max_body, and all unfinished ones together up to Held::kMost (503). [loop]
class HttpServer {
 public:
  struct Counters {
    std::uint64_t requests = 0;  // that came to the handler
    std::uint64_t refused = 0;   // that were answered without it
  };

  // `handler` is called for each request, in order, from the loop. What it throws becomes 500 and a line in
  // the log. `io` outlives the server.
  static Result<std::unique_ptr<HttpServer>> open(Io& io, const HttpServerOptions& options,
                                                  HttpHandler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::string address() const { return listener_->address(); }
  Listener& listener() { return *listener_; }
  const Counters& counters() const;

  struct Shared;  // by the sessions

 private:
  explicit HttpServer(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace hearth::net

#endif
