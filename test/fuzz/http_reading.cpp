// Feeds the parser as a connection does: each piece until it needs more.
#include "test/fuzz/http_reading.hpp"

#include "test/fuzz/http_rules.hpp"
#include "test/fuzz/plain_chunks.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using net::HttpHead;
using net::HttpParser;
using Event = HttpParser::Event;

Message copy_of(const HttpHead& head) {
  return {std::string(head.method),
          std::string(head.target),
          std::string(head.reason),
          std::string(head.headers.lines()),
          {},
          head.status,
          head.minor,
          head.keep_alive,
          head.expects_continue,
          head.body,
          head.length};
}

void check_body(const Message& message, const Options& options, bool ended) {
  const auto size = message.body.size();
  require(size <= options.limits.max_body, "no more of a body comes than is allowed");
  if (message.form == HttpHead::Body::kNone) require(size == 0, "a message without a body has none");
  if (message.form != HttpHead::Body::kLength) return;
  require(ended ? size == message.length : size <= message.length, "a body has its length");
}

// Who is strict takes no other form than the one that every reader understands the same way.
void check_chunks(const Message& message, const Options& options, std::string_view raw) {
  if (message.form != HttpHead::Body::kChunked || options.role == HttpParser::Role::kLenientResponses) return;
  require(plain_chunks(raw) == message.body, "chunks mean what they say", raw);
}

// One piece, in memory of its own, so that a view that outlives it is noticed. False at the end of it all.
// `raw` gathers what was sent of a body.
bool feed(HttpParser& parser, const std::string& piece, const Options& options, Found& found,
          std::string& raw) {
  std::string_view rest = piece;
  while (true) {
    std::size_t used = 0;
    const auto event = parser.next(rest, used);
    require(used <= rest.size(), "no more is used than was fed");
    raw += rest.substr(0, used);
    rest.remove_prefix(used);
    if (event == Event::kRefused) return false;
    if (event == Event::kHead) {
      require_head(parser.head(), options.role, options.limits);
      found.messages.push_back(copy_of(parser.head()));
      raw.clear();
    }
    if (event == Event::kBody) {
      require(!parser.piece().empty(), "a piece of a body is not empty");
      found.messages.back().body += parser.piece();
    }
    if (parser.in_body()) {
      auto head = copy_of(parser.head());
      head.body = found.messages.back().body;
      require(head == found.messages.back(), "a head stays what it was");
      check_body(head, options, event == Event::kEnd);
      if (event == Event::kEnd) check_chunks(head, options, raw);
    }
    if (event == Event::kEnd) parser.reset();
    if (event == Event::kNeedMore) break;
  }
  require(rest.empty(), "who needs more has used everything");
  return true;
}

}  // namespace

Found read(const Options& options, std::string_view stream, const std::function<std::size_t()>& next_cut) {
  HttpParser parser(options.role, options.limits);
  if (options.no_body) parser.expect_no_body();
  Found found;
  std::string raw;
  bool fine = true;
  while (fine && !stream.empty()) {
    const std::string piece(stream.substr(0, next_cut()));
    stream.remove_prefix(piece.size());
    fine = feed(parser, piece, options, found, raw);
  }
  found.begun = fine && parser.begun();
  const bool in_body = parser.in_body();
  found.end = fine ? parser.finish() : Event::kRefused;
  if (found.end == Event::kEnd) check_body(found.messages.back(), options, true);
  if (found.end != Event::kRefused) return found;
  found.fault = parser.fault().status;
  found.words = parser.fault().words;
  // How much of a body came before it was refused may depend on the pieces.
  if ((in_body || !fine) && !found.messages.empty()) found.messages.back().body.clear();
  return found;
}

}  // namespace hearth::fuzz
