// HttpClient: requests to one server, one after the other, on one connection that is used again while it
// lasts.
#ifndef HEARTH_NET_HTTP_CLIENT_HPP
#define HEARTH_NET_HTTP_CLIENT_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/connect.hpp"
#include "hearth/net/http_parser.hpp"
#include "hearth/net/http_url.hpp"

namespace hearth::net {

struct HttpClientOptions {
  std::string host{};  // as for connect()
  std::uint16_t port = 80;
  bool secure = false;      // nothing is sent unless `connector` is there, which is to be TLS
  std::string authority{};  // what the Host header says; empty: host and port
  HttpLimits limits{};      // of the answers
  bool lenient = false;     // sloppy devices: see HttpParser
  bool keep_alive = true;
  // How long an unused connection is kept; servers often give 5 s.
  Microseconds idle_timeout = std::chrono::seconds(4);
  ConnectOptions connect{};
  Connector connector{};  // empty: plain TCP

  // Host, port, authority and secure of the URL.
  static HttpClientOptions to(const Url& url, Connector connector = {});
};

struct HttpAnswer {
  int status = 0;
  std::string reason;
  std::string header_lines;
  std::string body;                      // empty if on_piece had it
  std::shared_ptr<Connection> upgraded;  // with status 101: now the caller's, who gives it callbacks at once
  HttpHeaders headers() const { return HttpHeaders(header_lines); }
};

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";  // path and query, percent-encoded
  HttpFields headers{};      // Host and the framing are written by the client
  std::string body{};
  std::string upgrade{};  // the protocol to change to, if any
  // For everything from the name's resolution to the last byte. 0: no limit.
  Microseconds timeout = std::chrono::seconds(10);
  // Without any byte of the answer once it is asked for: for long downloads instead of `timeout`. 0: none.
  Microseconds stall_timeout{0};
  // May be carried out twice. Then it is sent again, once, on a new connection, if the server has closed the
  // used one without a word, as it may at any time.
  bool repeatable = false;  // GET and HEAD always are
  // Status and headers are there. Redirects aren't followed.
  std::function<void(const HttpAnswer&)> on_head{};
  std::function<void(std::string_view)> on_piece{};  // gets the body as it comes, instead of HttpAnswer::body
};

// Everything: [loop]. Dropping it gives up what is under way, without a callback. Any callback may drop it.
class HttpClient {
 public:
  // kInvalid: the call or the answer makes no sense; kUnreachable; kTimeout; kBusy: one is under way.
  using Done = std::function<void(Result<HttpAnswer>)>;

  HttpClient(Io& io, HttpClientOptions options);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // `done` is called once, never from inside send(); it may send the next one.
  void send(HttpCall call, Done done);
  void cancel();
  bool busy() const;
  // The answer waits with the server while whoever gets its pieces has no room for more; what has arrived
  // already, at most Io::kReadSize bytes, still comes.
  void pause();
  void resume();

  class Core;

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace hearth::net

#endif
