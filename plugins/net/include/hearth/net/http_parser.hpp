// HttpParser: HTTP/1.1 messages out of a stream of bytes, however it is cut.
#ifndef HEARTH_NET_HTTP_PARSER_HPP
#define HEARTH_NET_HTTP_PARSER_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hearth/net/http_chunks.hpp"
#include "hearth/net/http_headers.hpp"

namespace hearth::net {

struct HttpLimits {
  std::size_t max_line = 8 * 1024;           // the request or status line; more is 414
  std::size_t max_header_bytes = 16 * 1024;  // all header lines; trailers and chunk extensions have as much
  std::size_t max_headers = 100;             // more of them, or of their bytes, is 431
  std::uint64_t max_body = 1024 * 1024;      // counted while it comes; more is 413
};

// What stands before a body.
struct HttpHead {
  enum class Body : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

  std::string_view method, target;  // of a request
  std::string_view reason;          // of a response
  int status = 0;                   // of a response
  int minor = 1;                    // HTTP/1.minor; what is above 1 counts as 1
  bool keep_alive = false;          // may the connection be used again?
  bool expects_continue = false;
  Body body = Body::kNone;
  std::uint64_t length = 0;  // with Body::kLength
  HttpHeaders headers;
};

// Why a message is refused. `status` is what a server answers (400, 413, 414, 417, 431, 501, 505), words are
// for a person.
struct HttpFault {
  int status = 0;
  std::string_view words;
};

// Pulls messages out of the bytes that it is given; keeps only what it needs: nothing of a body, and of a
// head only one that came in pieces or whose body is still to come.
//
// As a server it is as strict as RFC 9112 allows, because what two readers of one stream understand
// differently is how requests are smuggled: no bare CR or LF, no folded lines, no space before a colon, one
// Host, one Content-Length and not beside Transfer-Encoding, no coding but chunked. `lenient`, for the
// answers of sloppy devices, takes bare LF, folded lines, spaces before colons, a missing reason and equal
// Content-Lengths; sizes stay strict. [any, one at a time]
class HttpParser {
 public:
  enum class Role : std::uint8_t { kRequests, kResponses, kLenientResponses };
  enum class Event : std::uint8_t {
    kNeedMore,  // everything was used
    kHead,      // head() is there
    kBody,      // piece() is the next part of the body
    kEnd,       // the message is complete; reset() before the next one
    kRefused    // fault() says why; nothing more can be read from this stream
  };

  explicit HttpParser(Role role, const HttpLimits& limits = {});

  // Looks at `bytes`, which begin where the last call stopped, until something is found. `used` says how many
  // it went through.
  Event next(std::string_view bytes, std::size_t& used);
  // The peer has ended the stream: kEnd if that ends the body, kNeedMore between messages, else kRefused.
  Event finish();

  // From kHead until reset(); its views end with the next call of next(). The bytes that it came from have to
  // stay until next() has said kNeedMore, which takes what it still needs of them.
  const HttpHead& head() const { return head_; }
  // Into the `bytes` of the call that returned kBody.
  std::string_view piece() const { return piece_; }
  const HttpFault& fault() const { return fault_; }

  // Has anything of a message come, but for an empty line?
  bool begun() const { return place_ != Place::kStart; }
  // Is its head complete?
  bool in_body() const { return place_ == Place::kBody || place_ == Place::kEnd; }
  // The response to come answers a HEAD request: no body, whatever its header says.
  void expect_no_body() { no_body_ = true; }
  void reset();

 private:
  enum class Place : std::uint8_t { kStart, kHead, kBody, kEnd, kRefused };

  Event read_head(std::string_view bytes, std::size_t& used);
  std::size_t scan(std::string_view text);
  Event take_head(std::string_view text);
  Event read_body(std::string_view bytes, std::size_t& used);
  Event read_chunked(std::string_view bytes, std::size_t& used);
  Event need_more();
  Event refuse(int status, std::string_view words);
  bool lenient() const { return role_ == Role::kLenientResponses; }

  HttpLimits limits_;
  Role role_;
  Place place_ = Place::kStart;
  bool no_body_ = false, blank_ = false, kept_is_head_ = false;
  std::size_t lines_ = 0, line_begin_ = 0, head_begin_ = 0, headers_begin_ = 0, scanned_ = 0;
  std::string kept_;       // an incomplete head, or one whose body is still to come
  std::string_view text_;  // of the head
  HttpHead head_;
  std::uint64_t read_ = 0;  // of the body
  HttpChunks chunks_;
  std::string_view piece_;
  HttpFault fault_;
};

}  // namespace hearth::net

#endif
