// A page without anything that came from outside.
#include "page.hpp"

#include "hearth/log.hpp"

namespace hearth::monitor {

net::HttpResponse answer_page(const net::HttpRequest& request, std::size_t connections,
                              const Flow::Counts& counts, std::string_view version) {
  if (request.path != "/") return net::HttpResponse::text(404, "no such page");
  if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = net::HttpResponse::text(405, "only GET and HEAD");
    refusal.header("Allow", "GET, HEAD");
    return refusal;
  }
  auto page = net::HttpResponse::of(
      200, "text/html; charset=utf-8",
      concat("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>hearth</title>\n"
             "<h1>hearth ",
             version, "</h1>\n<table>\n<tr><td>Connections<td>", connections, "\n<tr><td>Users<td>",
             counts.users, "\n<tr><td>Monitors<td>", counts.monitors, "\n<tr><td>Commands so far<td>",
             counts.commands, "\n</table>\n</html>\n"));
  page.header("Cache-Control", "no-store")
      .header("Content-Security-Policy", "default-src 'none'")
      .header("X-Content-Type-Options", "nosniff");
  return page;
}

}  // namespace hearth::monitor
