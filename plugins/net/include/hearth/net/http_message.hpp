// HttpRequest and HttpResponse: what a server's handler gets, and what it answers.
#ifndef HEARTH_NET_HTTP_MESSAGE_HPP
#define HEARTH_NET_HTTP_MESSAGE_HPP

#include <string>
#include <string_view>

#include "hearth/net/http_headers.hpp"

namespace hearth::net {

// A view: valid until the handler returns.
struct HttpRequest {
  std::string_view method;  // case matters: "GET"
  std::string_view path;    // as sent, percent signs and all; "*" for the server itself
  std::string_view query;   // what follows '?', as sent
  HttpHeaders headers;
  std::string_view body;
  int minor = 1;  // HTTP/1.minor
};

struct HttpResponse {
  int status = 200;
  HttpFields headers{};  // without those of the framing and Date, which the server writes
  std::string body{};    // not sent to HEAD, nor with 204 and 304
  bool close = false;    // end the connection after it

  HttpResponse& header(std::string_view name, std::string_view value) {
    headers.add(name, value);
    return *this;
  }
  // With its Content-Type; "text/plain; charset=utf-8" for words.
  static HttpResponse of(int status, std::string_view type, std::string body);
  static HttpResponse text(int status, std::string_view words);
};

// "Not Found"; of an unknown status, that of its class.
std::string_view reason_of(int status);

// A target's path and query; of an absolute one ("http://host/path") without what stands before the path.
struct HttpTarget {
  std::string_view path, query;
};
HttpTarget split_target(std::string_view target);

}  // namespace hearth::net

#endif
