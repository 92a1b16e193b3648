// HttpSession: one client's connection: requests in their order, each answered before the next.
#ifndef HEARTH_NET_SRC_HTTP_SESSION_HPP
#define HEARTH_NET_SRC_HTTP_SESSION_HPP

#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/held.hpp"
#include "hearth/net/http_server.hpp"

namespace hearth::net {

struct HttpServer::Shared {
  Shared(Io& its_io, const HttpServerOptions& its_options, HttpHandler its_handler)
      : io(its_io), options(its_options), handler(std::move(its_handler)) {}

  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made once a second.
  std::string_view date_line();

  Io& io;
  const HttpServerOptions options;
  const HttpHandler handler;
  Counters counters;
  std::int64_t date_second = -1;
  std::string date;
};

// Lives as long as its connection's on_data; an exchange that outlives it finds nothing. [loop]
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  static void serve(Connection& connection, const std::shared_ptr<HttpServer::Shared>& shared);

  HttpSession(Connection& connection, std::shared_ptr<HttpServer::Shared> shared);
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  // For the exchange.
  void answer(HttpResponse response);
  void begin(HttpResponse head);
  void send(std::string_view piece);
  void end();
  void abandon();
  std::shared_ptr<Connection> take_over(std::string_view first);
  Connection& connection() { return connection_; }

 private:
  enum class Phase : std::uint8_t { kIdle, kHead, kBody, kAnswer };

  std::size_t data(std::string_view bytes);
  std::size_t read_messages(std::string_view bytes);
  std::size_t make_wait(std::string_view bytes);
  void head_came(bool body_is_there);
  HttpRequest request(std::string_view body) const;
  bool body_came(std::string_view piece);
  void handle();
  bool behind();
  void go_on();
  void refuse(int status, std::string_view words);
  void await();
  void too_late();
  void peer_ended();
  void tell_gone();
  std::string head_of(HttpResponse& response, std::string_view framing);
  void transmit(std::string head, std::string_view body);
  void answered();

  Connection& connection_;
  const std::shared_ptr<HttpServer::Shared> shared_;
  HttpParser parser_;
  std::string body_;            // of a request that came in pieces
  Held held_;                   // of it
  std::string_view body_view_;  // of one that didn't
  std::shared_ptr<void> announced_;
  std::weak_ptr<HttpExchange> exchange_;
  Phase phase_ = Phase::kIdle;
  bool owed_ = false;     // an answer
  bool running_ = false;  // inside data()
  bool more_ = false;     // data() left bytes for later
  bool paused_ = false;
  bool peer_ended_ = false;
  bool taken_ = false;
  bool keep_alive_ = false, bodiless_ = false, chunked_ = false, old_ = false;  // of the present answer
};

}  // namespace hearth::net

#endif
