// The pages, and who may read them.
#include "protocols/interlock/status_page.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using namespace hearth::interlock;

namespace {

struct Setup {
  Board board{[](const StatusChanged&) {}, [] { return Microseconds(0); }};
  Setup() { board.say(Code::kNoServer); }
  net::HttpResponse ask(std::string_view path, std::string_view method = "GET", std::string_view headers = {},
                        const std::vector<std::string>& origins = {}) {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    request.headers = net::HttpHeaders(headers);
    return answer_page(request, board, origins, "1.2.3");
  }
};

std::string header(const net::HttpResponse& response, std::string_view name) {
  return std::string(net::HttpHeaders(response.headers.text()).get(name));
}

}  // namespace

TEST_CASE("/status is the status as JSON") {
  Setup page;
  for (const auto* method : {"GET", "HEAD"}) {
    const auto response = page.ask("/status", method);
    CHECK(response.status == 200);
    CHECK(header(response, "Content-Type") == "application/json");
    CHECK(header(response, "Cache-Control") == "no-store");
    CHECK(response.body ==
          "{\"code\":4212,\"class\":\"ERROR\",\"name\":\"NO_SERVER\",\"since\":\"1970-01-01T00:00:00.000Z\"}"
          "\n");
  }
}

TEST_CASE("/ is a page for people") {
  Setup page;
  const auto response = page.ask("/");
  CHECK(response.status == 200);
  CHECK(header(response, "Content-Type").starts_with("text/html"));
  for (const auto* text : {"ERROR", "4212", "NO_SERVER", "1970-01-01T00:00:00.000Z", "1.2.3"})
    CHECK(response.body.find(text) != std::string::npos);
}

TEST_CASE("other pages and methods are refused") {
  Setup page;
  CHECK(page.ask("/index.html").status == 404);
  CHECK(page.ask("/status/").status == 404);
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const auto response = page.ask("/status", method);
    CHECK(response.status == 405);
    CHECK(header(response, "Allow") == "GET, HEAD");
  }
}

TEST_CASE("pages of other addresses read the status only if they are named") {
  Setup page;
  const auto allowed = [&](std::string_view origin, const std::vector<std::string>& origins) {
    return header(page.ask("/status", "GET", concat("Origin: ", origin, "\r\n"), origins),
                  "Access-Control-Allow-Origin");
  };
  CHECK(allowed("http://panel.example", {}).empty());
  CHECK(allowed("http://panel.example", {"http://panel.example"}) == "http://panel.example");
  CHECK(allowed("http://other.example", {"http://panel.example"}).empty());
  CHECK(allowed("http://any.example", {"*"}) == "http://any.example");
  CHECK(header(page.ask("/status", "GET", {}, {"*"}), "Access-Control-Allow-Origin").empty());
  CHECK(header(page.ask("/status", "GET", {}, {"*"}), "Vary") == "Origin");
}
