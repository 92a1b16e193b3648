// The lines of an HTTP head: how one becomes a field, a request or a status, and how a sloppy one is put
// right.
#ifndef HEARTH_NET_SRC_HTTP_LINE_HPP
#define HEARTH_NET_SRC_HTTP_LINE_HPP

#include <string>
#include <string_view>

#include "hearth/net/http_parser.hpp"

namespace hearth::net {

// `line` without its end. Returns why it is none, or nothing.
std::string_view split_header_line(std::string_view line, HttpField& field);

// The first line, without its end, into `head`; a fault with status 0 is none.
HttpFault read_request_line(std::string_view line, HttpHead& head);
HttpFault read_status_line(std::string_view line, HttpHead& head);

// All lines after the first: checks them, and finds out about body and connection. `head.headers` is set
// already.
HttpFault read_request_headers(HttpHead& head, const HttpLimits& limits);
struct ResponseKind {
  bool no_body = false;  // the answer to HEAD
  bool lenient = false;
};
HttpFault read_response_headers(HttpHead& head, const HttpLimits& limits, const ResponseKind& kind);

// A whole head as strict readers want it: lines end with CRLF, folded ones are joined, no space before a
// colon, a space after the status. Lines that aren't headers at all are left out.
std::string put_right(std::string_view head);

}  // namespace hearth::net

#endif
