// From bytes to requests: reading, waiting, refusing.
#include "http_session.hpp"

#include <exception>
#include <utility>

namespace hearth::net {

namespace {

constexpr std::size_t kMaxQueued = 64 * 1024;  // of answers, when the next request is looked at

}  // namespace

HttpSession::HttpSession(Connection& connection, std::shared_ptr<HttpServer::Shared> shared)
    : connection_(connection),
      shared_(std::move(shared)),
      parser_(HttpParser::Role::kRequests, shared_->options.limits),
      held_(shared_->io) {}

// Only on_data owns the session, so that replacing it ends the session; take_over() clears the others.
void HttpSession::serve(Connection& connection, const std::shared_ptr<HttpServer::Shared>& shared) {
  const auto session = std::make_shared<HttpSession>(connection, shared);
  connection.on_data([session](std::string_view bytes) { return session->data(bytes); });
  connection.on_deadline([self = session.get()] { self->too_late(); });
  connection.on_end([self = session.get()] { self->peer_ended(); });
  connection.on_drained([self = session.get()] { self->go_on(); });
  connection.on_closed([self = session.get()](const Error&) { self->tell_gone(); });
  connection.set_deadline(shared->options.head_timeout);
}

std::size_t HttpSession::data(std::string_view bytes) {
  const auto keep = shared_from_this();
  if (taken_) return 0;
  if (owed_ || behind()) return make_wait(bytes);
  running_ = true;
  const auto used = read_messages(bytes);
  running_ = false;
  connection_.uncork();
  more_ = used < bytes.size();
  if (taken_ || !connection_.is_open()) return used;
  if (peer_ended_ && !owed_ && !more_) {
    connection_.close_after_flush(true);
  } else {
    await();
  }
  return used;
}

std::size_t HttpSession::read_messages(std::string_view bytes) {
  std::size_t total = 0;
  while (!owed_ && !taken_ && connection_.is_open()) {
    std::size_t used = 0;
    const auto event = parser_.next(bytes.substr(total), used);
    total += used;
    switch (event) {
      case HttpParser::Event::kNeedMore: return total;
      case HttpParser::Event::kHead: head_came(total < bytes.size()); break;
      case HttpParser::Event::kBody:
        if (body_came(parser_.piece())) break;
        refuse(503, "too much at once");
        return bytes.size();
      case HttpParser::Event::kEnd:
        more_ = total < bytes.size();
        if (more_) connection_.cork();  // a pipeline's answers travel together
        handle();
        if (behind()) return total;
        break;
      case HttpParser::Event::kRefused:
        refuse(parser_.fault().status, parser_.fault().words);
        return bytes.size();
    }
  }
  return total;
}

// Has the client taken its answers so slowly that it gets no more for now?
bool HttpSession::behind() {
  if (connection_.queued() <= kMaxQueued) return false;
  connection_.uncork();
  return connection_.queued() > kMaxQueued;
}

// Reading goes on although nothing is used, because a client that goes away is noticed by reading.
std::size_t HttpSession::make_wait(std::string_view bytes) {
  more_ = true;
  if (bytes.size() > shared_->options.max_waiting) {
    paused_ = true;
    connection_.pause();
  }
  return 0;
}

void HttpSession::head_came(bool body_is_there) {
  const auto& head = parser_.head();
  if (head.expects_continue && head.body != HttpHead::Body::kNone && !body_is_there)
    connection_.write("HTTP/1.1 100 Continue\r\n\r\n");
  const auto& announce = shared_->options.announced;
  if (announce && head.body != HttpHead::Body::kNone) announced_ = announce(request({}));
}

HttpRequest HttpSession::request(std::string_view body) const {
  const auto& head = parser_.head();
  const auto target = split_target(head.target);
  return {head.method, target.path, target.query, head.headers, body, head.minor};
}

// False if there is no room for it.
bool HttpSession::body_came(std::string_view piece) {
  const auto& head = parser_.head();
  if (head.body == HttpHead::Body::kLength && piece.size() == head.length) {
    body_view_ = piece;
    return true;
  }
  body_.append(piece);
  return held_.set(body_.size());
}

void HttpSession::handle() {
  const auto& head = parser_.head();
  owed_ = true;
  keep_alive_ = head.keep_alive;
  bodiless_ = head.method == "HEAD";
  old_ = head.minor == 0;
  connection_.clear_deadline();
  phase_ = Phase::kAnswer;
  ++shared_->counters.requests;
  const auto exchange = std::make_shared<HttpExchange>(
      weak_from_this(), request(body_view_.empty() ? std::string_view(body_) : body_view_));
  exchange_ = exchange;
  try {
    shared_->handler(exchange);
  } catch (const std::exception& e) {
    shared_->io.log.error("a request's handler: ", e.what());
    exchange->answer(HttpResponse::text(500, reason_of(500)));
  }
  exchange->request_ = {};
  announced_.reset();
  parser_.reset();
  body_ = {};
  held_.set(0);
  body_view_ = {};
}

// Nothing behind such a request can be trusted to be one.
void HttpSession::refuse(int status, std::string_view words) {
  ++shared_->counters.refused;
  auto response = HttpResponse::text(status, words);
  response.close = true;
  announced_.reset();
  // With these, the headers were in order, if they have come.
  const bool read = status == 408 || status == 413 || status == 503;
  if (shared_->options.dress) shared_->options.dress(response, read ? parser_.head().headers : HttpHeaders());
  bodiless_ = chunked_ = old_ = false;
  std::string text = head_of(response, concat("Content-Length: ", response.body.size(), "\r\n"));
  connection_.close_with(text.append(response.body));
}

// Nothing stands in the way any more of what waits.
void HttpSession::go_on() {
  if (owed_ || taken_ || !connection_.is_open()) return;
  if (std::exchange(paused_, false)) connection_.resume();
  if (more_) return connection_.offer_again();
  if (peer_ended_) return connection_.close_after_flush(true);
  await();
}

// Sets the deadline for what is to come next; a part that has begun keeps the one it has.
void HttpSession::await() {
  if (owed_ || more_) return;
  const auto next = !parser_.begun() ? Phase::kIdle : parser_.in_body() ? Phase::kBody : Phase::kHead;
  if (next == phase_) return;
  phase_ = next;
  const auto& options = shared_->options;
  connection_.set_deadline(next == Phase::kIdle   ? options.idle_timeout
                           : next == Phase::kHead ? options.head_timeout
                                                  : options.body_timeout);
}

void HttpSession::too_late() {
  if (!parser_.begun()) return connection_.close_after_flush(true);
  refuse(408, "the request did not arrive in time");
}

void HttpSession::peer_ended() {
  const auto keep = shared_from_this();
  peer_ended_ = true;
  if (!owed_ && !more_) return connection_.close_after_flush(true);
  tell_gone();
}

void HttpSession::tell_gone() {
  const auto keep = shared_from_this();
  if (const auto exchange = exchange_.lock())
    if (const auto call = std::exchange(exchange->gone_, nullptr)) call();
}

}  // namespace hearth::net
