// A client's reading: interim answers, the answer itself, and every way in which there is none.
#include <utility>

#include "http_client_core.hpp"

namespace hearth::net {

namespace {

constexpr int kMaxInterim = 8;  // 1xx answers before the real one

}  // namespace

std::size_t HttpClient::Core::data(std::string_view bytes) {
  const auto keep = shared_from_this();
  if (!busy()) {  // nobody has asked for this
    drop_connection();
    return bytes.size();
  }
  await();
  return read_messages(bytes);
}

std::size_t HttpClient::Core::read_messages(std::string_view bytes) {
  const auto running = running_;  // callbacks may end it
  std::size_t total = 0;
  while (running_ == running) {
    std::size_t used = 0;
    const auto event = parser_.next(bytes.substr(total), used);
    total += used;
    switch (event) {
      case HttpParser::Event::kNeedMore: return total;
      case HttpParser::Event::kHead: head_came(); break;
      case HttpParser::Event::kBody:
        if (running->call.on_piece) {
          running->call.on_piece(parser_.piece());
        } else {
          running->answer.body.append(parser_.piece());
        }
        break;
      case HttpParser::Event::kEnd:
        if (parser_.head().status >= 200) {
          complete(total == bytes.size());
          return bytes.size();
        }
        expect_answer();
        break;
      case HttpParser::Event::kRefused: fail(ErrorCode::kInvalid, parser_.fault().words); return bytes.size();
    }
  }
  return total;
}

void HttpClient::Core::head_came() {
  const auto running = running_;
  const auto& head = parser_.head();
  if (head.status == 101) {
    if (running->call.upgrade.empty()) return fail(ErrorCode::kInvalid, "it changed the protocol unasked");
  } else if (head.status < 200) {
    if (++running->interim > kMaxInterim) fail(ErrorCode::kInvalid, "it never came to its answer");
    return;
  }
  running->answer.status = head.status;
  running->answer.reason = head.reason;
  running->answer.header_lines = head.headers.lines();
  running->keep = head.keep_alive && options_.keep_alive;
  if (head.status == 101) return hand_over();
  if (running->call.on_head) running->call.on_head(running->answer);
}

// `clean`: nothing stands behind the answer.
void HttpClient::Core::complete(bool clean) {
  if (!clean || !running_->keep) {
    drop_connection();
  } else {
    connection_->set_deadline(options_.idle_timeout);
  }
  finish(std::move(running_->answer));
}

// Without callbacks of ours, but for one that leaves everything to its successor.
void HttpClient::Core::hand_over() {
  connection_->on_data([](std::string_view) { return std::size_t{0}; });
  connection_->on_end(nullptr);
  connection_->on_closed(nullptr);
  connection_->on_deadline(nullptr);
  connection_->clear_deadline();
  running_->answer.upgraded = std::move(connection_);
  finish(std::move(running_->answer));
}

void HttpClient::Core::peer_ended() {
  const auto keep = shared_from_this();
  if (busy() && running_->answer.status >= 200 && parser_.finish() == HttpParser::Event::kEnd)
    return complete(false);
  lost({ErrorCode::kUnreachable, "it closed the connection"});
}

void HttpClient::Core::lost(const Error& error) {
  const auto keep = shared_from_this();
  drop_connection();
  if (!busy()) return;
  const bool silent = !parser_.begun() && running_->answer.status == 0 && running_->interim == 0;
  if (running_->used_before && silent && running_->call.repeatable) return begin();
  finish(Error{error.code, concat(name(), ": ", error.words,
                                  silent ? " without an answer" : " in the middle of its answer")});
}

}  // namespace hearth::net
