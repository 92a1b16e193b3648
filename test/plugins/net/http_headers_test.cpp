// Header fields: finding them, and never sending one that breaks out of its line.
#include "hearth/net/http_headers.hpp"

#include <catch2/catch.hpp>

using hearth::net::HttpFields;
using hearth::net::HttpHeaders;

TEST_CASE("fields are found without case, the first of a name first") {
  const HttpHeaders headers("Host: a\r\nX-One:1\r\nx-one: 2 \r\nEmpty:\r\n");
  CHECK(headers.get("HOST") == "a");
  CHECK(headers.get("X-ONE") == "1");
  CHECK(headers.count("x-one") == 2);
  CHECK(headers.find("empty").has_value());
  CHECK(headers.get("empty").empty());
  CHECK_FALSE(headers.find("x-on").has_value());
  CHECK_FALSE(HttpHeaders().find("host").has_value());
}

TEST_CASE("tokens are found in every list of their name") {
  const HttpHeaders headers("Connection: keep-alive,, Upgrade\r\nConnection:,close ,\r\n");
  CHECK(headers.has_token("connection", "upgrade"));
  CHECK(headers.has_token("Connection", "CLOSE"));
  CHECK_FALSE(headers.has_token("Connection", "keep"));
  CHECK_FALSE(headers.has_token("Upgrade", "close"));
}

TEST_CASE("fields to be sent are written one in a line") {
  HttpFields fields;
  fields.add("Content-Type", "text/plain").add("X", "").add("Y", "tab\tand \xc3\xa4");
  CHECK(fields.valid());
  CHECK(fields.has("content-type"));
  CHECK(fields.text() == "Content-Type: text/plain\r\nX: \r\nY: tab\tand \xc3\xa4\r\n");
}

TEST_CASE("a field that could break out of its line, or speaks of framing, spoils them all") {
  const std::string zero("a\0b", 3);
  for (const auto& [name, value] :
       std::initializer_list<std::pair<std::string, std::string>>{{"X", "a\r\nSet-Cookie: b"},
                                                                  {"X", "a\nb"},
                                                                  {"X", "a\rb"},
                                                                  {"X", zero},
                                                                  {"X", "0123456\x7f"},
                                                                  {"X", "0123456789\x1f"},
                                                                  {"X: y\r\nZ", "a"},
                                                                  {"X Y", "a"},
                                                                  {"", "a"},
                                                                  {"X:", "a"},
                                                                  {"Content-Length", "5"},
                                                                  {"transfer-encoding", "chunked"},
                                                                  {"Connection", "close"}}) {
    INFO(name << "=" << value);
    HttpFields fields;
    fields.add("Fine", "fine").add(name, value).add("Fine2", "fine");
    CHECK_FALSE(fields.valid());
  }
}
