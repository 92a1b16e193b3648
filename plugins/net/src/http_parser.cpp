// Where a head ends, and which way its body is read.
#include "hearth/net/http_parser.hpp"

#include <algorithm>
#include <utility>

#include "http_line.hpp"

namespace hearth::net {

namespace {

constexpr auto kNowhere = std::string_view::npos;

std::string_view moved(std::string_view view, const char* from, const char* to) {
  return view.data() ? std::string_view(to + (view.data() - from), view.size()) : view;
}

}  // namespace

HttpParser::HttpParser(Role role, const HttpLimits& limits) : limits_(limits), role_(role) {}

void HttpParser::reset() { *this = HttpParser(role_, limits_); }

HttpParser::Event HttpParser::next(std::string_view bytes, std::size_t& used) {
  used = 0;
  switch (place_) {
    case Place::kStart:
    case Place::kHead: return read_head(bytes, used);
    case Place::kBody: return read_body(bytes, used);
    case Place::kEnd: return Event::kEnd;
    case Place::kRefused: break;
  }
  return Event::kRefused;
}

HttpParser::Event HttpParser::read_head(std::string_view bytes, std::size_t& used) {
  if (bytes.empty()) return Event::kNeedMore;
  const auto before = kept_.size();
  if (before != 0) kept_.append(bytes);
  const auto text = before != 0 ? std::string_view(kept_) : bytes;
  const auto end = scan(text);
  if (place_ == Place::kRefused) return Event::kRefused;
  if (end == kNowhere) {
    used = bytes.size();
    if (before == 0) kept_.assign(bytes);
    return Event::kNeedMore;
  }
  used = end - before;
  kept_is_head_ = before != 0;
  return take_head(text.substr(0, end));
}

// Goes on where it stopped. Returns the end of the head, kNowhere if that hasn't come yet.
std::size_t HttpParser::scan(std::string_view text) {
  while (true) {
    const auto lf = text.find('\n', scanned_);
    const auto seen = std::min(lf, text.size());
    if (place_ == Place::kStart && text[line_begin_] != '\r' && text[line_begin_] != '\n') {
      place_ = Place::kHead;
      if (role_ == Role::kRequests && !is_http_token(text.substr(line_begin_, 1)))
        return refuse(400, "that is not HTTP"), kNowhere;
    }
    if (lines_ == 0 && seen - line_begin_ > limits_.max_line)
      return refuse(414, "the first line is longer than allowed"), kNowhere;
    if (lines_ != 0 && seen - headers_begin_ > limits_.max_header_bytes)
      return refuse(431, "the headers are larger than allowed"), kNowhere;
    scanned_ = seen;
    if (lf == kNowhere) return kNowhere;
    const bool has_cr = lf > line_begin_ && text[lf - 1] == '\r';
    if (!has_cr && !lenient()) return refuse(400, "a bare LF in the header"), kNowhere;
    const bool blank = lf - line_begin_ == (has_cr ? 1u : 0u);
    scanned_ = line_begin_ = lf + 1;
    if (blank && lines_ != 0) return lf + 1;
    if (blank) {  // one before a message is forgiven (RFC 9112, section 2.2)
      if (std::exchange(blank_, true)) return refuse(400, "an empty line instead of a message"), kNowhere;
      head_begin_ = lf + 1;
      if (head_begin_ == text.size()) return kNowhere;
      continue;
    }
    if (place_ == Place::kStart) return refuse(400, "that is not HTTP"), kNowhere;  // a CR in front
    if (++lines_ == 1) headers_begin_ = lf + 1;
    if (lines_ > limits_.max_headers + 1) return refuse(431, "more headers than allowed"), kNowhere;
  }
}

HttpParser::Event HttpParser::take_head(std::string_view text) {
  text.remove_prefix(head_begin_);
  if (lenient()) {
    kept_ = put_right(text);
    kept_is_head_ = true;
    text = kept_;
  } else {
    text.remove_suffix(2);  // the empty line
  }
  text_ = text;
  const auto line_end = text.find("\r\n");
  const auto line = text.substr(0, line_end);
  head_.headers = HttpHeaders(text.substr(std::min(line_end + 2, text.size())));
  const bool requests = role_ == Role::kRequests;
  auto fault = requests ? read_request_line(line, head_) : read_status_line(line, head_);
  if (fault.status == 0)
    fault = requests ? read_request_headers(head_, limits_)
                     : read_response_headers(head_, limits_, {no_body_, lenient()});
  if (fault.status != 0) return refuse(fault.status, fault.words);
  place_ = head_.body == HttpHead::Body::kNone ? Place::kEnd : Place::kBody;
  return Event::kHead;
}

HttpParser::Event HttpParser::read_body(std::string_view bytes, std::size_t& used) {
  if (bytes.empty()) return need_more();
  if (head_.body == HttpHead::Body::kChunked) return read_chunked(bytes, used);
  auto left = head_.length - read_;
  if (head_.body == HttpHead::Body::kUntilClose) {
    left = bytes.size();
    if (left > limits_.max_body - read_) return refuse(413, "the body is larger than allowed");
  }
  used = static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size()));
  piece_ = bytes.substr(0, used);
  read_ += used;
  if (head_.body == HttpHead::Body::kLength && read_ == head_.length) place_ = Place::kEnd;
  return Event::kBody;
}

HttpParser::Event HttpParser::read_chunked(std::string_view bytes, std::size_t& used) {
  const HttpChunks::Limits limits{limits_.max_body, limits_.max_header_bytes, limits_.max_headers, lenient()};
  switch (chunks_.next(limits, bytes, used, piece_)) {
    case HttpChunks::Event::kNeedMore: return need_more();
    case HttpChunks::Event::kData: return Event::kBody;
    case HttpChunks::Event::kEnd: place_ = Place::kEnd; return Event::kEnd;
    case HttpChunks::Event::kMalformed: return refuse(400, chunks_.reason());
    case HttpChunks::Event::kTooBig: break;
  }
  return refuse(413, chunks_.reason());
}

// The bytes that the head's views point into are about to go.
HttpParser::Event HttpParser::need_more() {
  if (!std::exchange(kept_is_head_, true)) {
    kept_.assign(text_);
    const auto move = [&](std::string_view& view) { view = moved(view, text_.data(), kept_.data()); };
    move(head_.method);
    move(head_.target);
    move(head_.reason);
    head_.headers = HttpHeaders(moved(head_.headers.lines(), text_.data(), kept_.data()));
    text_ = kept_;
  }
  return Event::kNeedMore;
}

HttpParser::Event HttpParser::finish() {
  if (place_ == Place::kBody && head_.body == HttpHead::Body::kUntilClose) place_ = Place::kEnd;
  if (place_ == Place::kEnd) return Event::kEnd;
  if (place_ == Place::kStart) return Event::kNeedMore;
  return refuse(400, "the message ended in the middle");
}

HttpParser::Event HttpParser::refuse(int status, std::string_view words) {
  place_ = Place::kRefused;
  fault_ = {status, words};
  return Event::kRefused;
}

}  // namespace hearth::net
