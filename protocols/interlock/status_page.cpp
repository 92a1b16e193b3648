// Two small pages.
#include "status_page.hpp"

#include <algorithm>

#include "common/words.hpp"
#include "hearth/net/json.hpp"
#include "requests.hpp"

namespace hearth::interlock {

namespace {

net::HttpResponse html(const Board& board, std::string_view version) {
  auto page = net::HttpResponse::of(
      200, "text/html; charset=utf-8",
      concat("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Interlock</title>\n"
             "<meta http-equiv=\"refresh\" content=\"5\">\n<h1>Interlock: ",
             class_name(board.code()), "</h1>\n<table>\n<tr><td>Code<td>", number(board.code()),
             "\n<tr><td>Name<td>", name(board.code()), "\n<tr><td>Since<td>", iso_utc(board.since()),
             "\n<tr><td>hearth<td>", version, "\n</table>\n</html>\n"));
  page.header("Content-Security-Policy", "default-src 'none'");
  return page;
}

net::HttpResponse json(const net::HttpRequest& request, const Board& board,
                       const std::vector<std::string>& origins) {
  auto page = net::HttpResponse::of(200, "application/json", net::json::to_text(shown(board)) + "\n");
  if (origins.empty()) return page;
  page.header("Vary", "Origin");
  const auto origin = request.headers.get("Origin");
  const bool may = std::ranges::any_of(
      origins, [origin](const std::string& one) { return one == "*" || protocols::same_word(one, origin); });
  if (may && !origin.empty()) page.header("Access-Control-Allow-Origin", origin);
  return page;
}

}  // namespace

net::HttpResponse answer_page(const net::HttpRequest& request, const Board& board,
                              const std::vector<std::string>& origins, std::string_view version) {
  const bool is_status = request.path == "/status";
  if (!is_status && request.path != "/") return net::HttpResponse::text(404, "no such page");
  if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = net::HttpResponse::text(405, "only GET and HEAD");
    refusal.header("Allow", "GET, HEAD");
    return refusal;
  }
  auto page = is_status ? json(request, board, origins) : html(board, version);
  page.header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
  return page;
}

Status StatusPage::open() {
  auto http =
      net::HttpServer::open(io_, options_, [this](const std::shared_ptr<net::HttpExchange>& exchange) {
        exchange->answer(answer_page(exchange->request(), board_, origins_, version_));
      });
  if (!http.ok()) return http.error();
  http_ = *std::move(http);
  return {};
}

}  // namespace hearth::interlock
