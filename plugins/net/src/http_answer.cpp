// The other half of a session: what the exchange answers, written and framed.
#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include "http_session.hpp"

namespace hearth::net {

namespace {

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

// RFC 9110, section 5.6.7; the names of days and months are English, whatever the locale.
std::string_view HttpServer::Shared::date_line() {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat",
                             kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::time_t second = std::chrono::duration_cast<std::chrono::seconds>(io.loop.wall()).count();
  if (second == std::exchange(date_second, second)) return date;
  std::tm t{};
  ::gmtime_r(&second, &t);
  const auto two = [](int n) { return concat(n < 10 ? "0" : "", n); };
  date = concat("Date: ", kDays.substr(static_cast<std::size_t>(t.tm_wday) * 3, 3), ", ", two(t.tm_mday), " ",
                kMonths.substr(static_cast<std::size_t>(t.tm_mon) * 3, 3), " ", t.tm_year + 1900, " ",
                two(t.tm_hour), ":", two(t.tm_min), ":", two(t.tm_sec), " GMT\r\n");
  return date;
}

// Status line and headers, up to and with the empty line.
std::string HttpSession::head_of(HttpResponse& response, std::string_view framing) {
  if (!response.headers.valid()) {
    shared_->io.log.error("an answer with invalid headers was not sent");
    response = HttpResponse{.status = 500, .headers = {}, .body = {}, .close = true};
    framing = has_no_body(500) || bodiless_ ? "" : "Content-Length: 0\r\n";
    chunked_ = false;
  }
  keep_alive_ = keep_alive_ && !response.close && !(peer_ended_ && !more_);
  const auto date = shared_->date_line();
  const auto reason = reason_of(response.status);
  std::string head;
  head.reserve(64 + reason.size() + date.size() + response.headers.text().size() + framing.size());
  head.append("HTTP/1.1 ").append(concat(response.status)).append(" ").append(reason).append("\r\n");
  head.append(date).append(response.headers.text()).append(framing);
  if (!keep_alive_) {
    head.append("Connection: close\r\n");
  } else if (old_) {
    head.append("Connection: keep-alive\r\n");
  }
  return head.append("\r\n");
}

void HttpSession::answer(HttpResponse response) {
  std::string framing;
  if (!has_no_body(response.status)) framing = concat("Content-Length: ", response.body.size(), "\r\n");
  auto head = head_of(response, framing);
  const bool without = bodiless_ || has_no_body(response.status);
  transmit(std::move(head), without ? std::string_view() : response.body);
  answered();
}

void HttpSession::transmit(std::string head, std::string_view body) {
  if (keep_alive_) return connection_.write(head, body);
  connection_.close_with(head.append(body), true);
}

void HttpSession::begin(HttpResponse head) {
  chunked_ = !old_ && !has_no_body(head.status);
  if (old_) head.close = true;  // its end is the body's end
  bodiless_ = bodiless_ || has_no_body(head.status) || !head.headers.valid();
  const auto text = head_of(head, chunked_ ? "Transfer-Encoding: chunked\r\n" : "");
  connection_.write(text);
  send(head.body);
}

void HttpSession::send(std::string_view piece) {
  if (piece.empty() || bodiless_) return;  // an empty chunk would be the last
  if (!chunked_) return connection_.write(piece);
  std::array<char, 20> size;
  auto* end = std::to_chars(size.data(), size.data() + size.size() - 2, piece.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  std::string chunk;
  chunk.reserve(piece.size() + 22);
  chunk.append(size.data(), end).append(piece).append("\r\n");
  connection_.write(chunk);
}

void HttpSession::end() {
  const std::string_view last = chunked_ && !bodiless_ ? "0\r\n\r\n" : "";
  if (keep_alive_) {
    connection_.write(last);
  } else {
    connection_.close_with(last, true);
  }
  answered();
}

// An answer that was begun and not ended must look like that to the client.
void HttpSession::abandon() {
  owed_ = false;
  connection_.close();
}

// What waited comes next: at once if this is called from within data(), else from the loop.
void HttpSession::answered() {
  owed_ = false;
  exchange_.reset();
  if (!running_) go_on();
}

std::shared_ptr<Connection> HttpSession::take_over(std::string_view first) {
  const auto keep = shared_from_this();
  auto connection = connection_.shared_from_this();
  taken_ = true;
  owed_ = false;
  connection->on_end(nullptr);
  connection->on_deadline(nullptr);
  connection->on_drained(nullptr);
  connection->on_closed(nullptr);
  connection->clear_deadline();
  connection->write(first);
  if (std::exchange(paused_, false)) connection->resume();
  if (!running_ && more_) connection->offer_again();
  return connection;
}

}  // namespace hearth::net
