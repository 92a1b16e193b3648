// Reasons, and the parts of a target.
#include "hearth/net/http_message.hpp"

#include <algorithm>

namespace hearth::net {

HttpResponse HttpResponse::of(int status, std::string_view type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::text(int status, std::string_view words) {
  return of(status, "text/plain; charset=utf-8", std::string(words) + "\n");
}

std::string_view reason_of(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: break;
  }
  switch (status / 100) {
    case 2: return "OK";
    case 3: return "Redirection";
    case 4: return "Bad Request";
    default: return "Internal Server Error";
  }
}

HttpTarget split_target(std::string_view target) {
  if (!target.starts_with('/')) {
    if (const auto host = target.find("://"); host != std::string_view::npos)
      target.remove_prefix(std::min(target.find_first_of("/?", host + 3), target.size()));
  }
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, mark);
  return {path.empty() ? std::string_view("/") : path, target.substr(std::min(mark + 1, target.size()))};
}

}  // namespace hearth::net
