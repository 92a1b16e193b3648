// The server, and the exchange as its handler sees it.
#include "hearth/net/http_server.hpp"

#include <utility>

#include "http_session.hpp"

namespace hearth::net {

HttpExchange::~HttpExchange() {
  if (state_ == State::kOwed) answer(HttpResponse::text(500, reason_of(500)));
  if (state_ != State::kStreaming) return;
  if (const auto session = step(State::kStreaming, State::kDone)) session->abandon();
}

std::shared_ptr<HttpSession> HttpExchange::step(State from, State next) {
  if (state_ != from) return nullptr;
  state_ = next;
  auto session = session_.lock();
  return session && session->connection().is_open() ? session : nullptr;
}

Ip HttpExchange::peer() const {
  const auto session = session_.lock();
  return session ? session->connection().peer() : Ip();
}

bool HttpExchange::is_open() const {
  const auto session = session_.lock();
  return state_ != State::kDone && session && session->connection().is_open();
}

void HttpExchange::answer(HttpResponse response) {
  if (const auto session = step(State::kOwed, State::kDone)) session->answer(std::move(response));
}

void HttpExchange::begin(HttpResponse head) {
  if (const auto session = step(State::kOwed, State::kStreaming)) session->begin(std::move(head));
}

void HttpExchange::send(std::string_view piece) {
  if (const auto session = step(State::kStreaming, State::kStreaming)) session->send(piece);
}

void HttpExchange::end() {
  if (const auto session = step(State::kStreaming, State::kDone)) session->end();
}

std::size_t HttpExchange::queued() const {
  const auto session = session_.lock();
  return session ? session->connection().queued() : 0;
}

std::shared_ptr<Connection> HttpExchange::take_over(std::string_view first) {
  const auto session = step(State::kOwed, State::kDone);
  return session ? session->take_over(first) : nullptr;
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(Io& io, const HttpServerOptions& options,
                                                     HttpHandler handler) {
  auto shared = std::make_shared<Shared>(io, options, std::move(handler));
  std::unique_ptr<HttpServer> server(new HttpServer(shared));
  auto listener = Listener::open(io, options.listener, [shared = std::move(shared)](Connection& connection) {
    if (shared->options.layer) connection.use(shared->options.layer());
    HttpSession::serve(connection, shared);
  });
  if (!listener.ok()) return listener.error();
  server->listener_ = std::move(*listener);
  return server;
}

HttpServer::~HttpServer() = default;

const HttpServer::Counters& HttpServer::counters() const { return shared_->counters; }

}  // namespace hearth::net
