// The status page.
#include "protocols/socketio/page.hpp"

#include <catch2/catch.hpp>

using namespace hearth;

namespace {

net::HttpResponse page(std::string_view method, std::string_view path) {
  net::HttpRequest request;
  request.method = method;
  request.path = path;
  return monitor::answer_page(request, 12, {9, 3, 2, 41}, "1.2.3");
}

}  // namespace

TEST_CASE("the page shows the version and the counts") {
  for (const auto* method : {"GET", "HEAD"}) {
    const auto answer = page(method, "/");
    CHECK(answer.status == 200);
    CHECK(net::HttpHeaders(answer.headers.text()).get("Content-Type") == "text/html; charset=utf-8");
    CHECK_THAT(answer.body, Catch::Contains("hearth 1.2.3") && Catch::Contains("<td>Users<td>3\n") &&
                                Catch::Contains("<td>Monitors<td>2\n") &&
                                Catch::Contains("<td>Commands so far<td>41\n") &&
                                Catch::Contains("<td>Connections<td>12\n"));
  }
}

TEST_CASE("other pages are not there, other methods not allowed") {
  CHECK(page("GET", "/index.html").status == 404);
  CHECK(page("POST", "/x").status == 404);
  const auto refusal = page("POST", "/");
  CHECK(refusal.status == 405);
  CHECK(net::HttpHeaders(refusal.headers.text()).get("Allow") == "GET, HEAD");
}
