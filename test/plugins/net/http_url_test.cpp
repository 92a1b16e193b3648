// URLs, targets and queries from outside.
#include "hearth/net/http_url.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/http_message.hpp"

using namespace hearth::net;

TEST_CASE("a URL is taken apart") {
  const auto url = Url::parse("HTTPS://Example.org:8443/a/b?c=d#e");
  REQUIRE(url.ok());
  CHECK(url->scheme == "https");
  CHECK(url->secure());
  CHECK(url->host == "example.org");
  CHECK(url->port == 8443);
  CHECK(url->target == "/a/b?c=d");
  CHECK(url->authority() == "example.org:8443");
}

TEST_CASE("what a URL leaves out has its usual value") {
  CHECK(Url::parse("http://a")->port == 80);
  CHECK(Url::parse("wss://a")->port == 443);
  CHECK(Url::parse("ws://a?x")->target == "/?x");
  CHECK(Url::parse("http://a")->target == "/");
  CHECK(Url::parse("http://a:80")->authority() == "a");
  CHECK(Url::parse("http://[FE80::1]:81/")->authority() == "[fe80::1]:81");
  CHECK(Url::parse("http://[::1]")->host == "::1");
}

TEST_CASE("URLs that could mean something else are refused with words") {
  for (const std::string text : {"",
                                 "a",
                                 "/a",
                                 "://a",
                                 "ftp://a/",
                                 "file:///etc/passwd",
                                 "javascript:alert(1)",
                                 "data:,x",
                                 "http://",
                                 "http:///a",
                                 "http://a@b/",
                                 "http://a:b@c/",
                                 "http://a:0/",
                                 "http://a:65536/",
                                 "http://a:/",
                                 "http://a:8x/",
                                 "http://a b/",
                                 "http://a/\n",
                                 "http://a/\x7f",
                                 "http://\xc3\xa4/",
                                 "http://[::1/",
                                 "http://[]/",
                                 "http://[a]/",
                                 "http://[fe80::1%25eth0]/",
                                 "http://[::1]x/",
                                 "http://a%00b/",
                                 "http://a\\b/"}) {
    INFO(text);
    const auto url = Url::parse(text);
    CHECK_FALSE(url.ok());
    if (!url.ok()) CHECK(url.error().words.starts_with("the URL "));
  }
  CHECK_FALSE(Url::parse("http://a/" + std::string(2048, 'x')).ok());
}

TEST_CASE("percent signs are decoded and encoded") {
  CHECK(percent_decode("a%20b%2fc+d") == "a b/c+d");
  CHECK(percent_decode("a+b", true) == "a b");
  CHECK(percent_decode("%C3%a4") == "\xc3\xa4");
  for (const auto* text : {"%", "%2", "%zz", "a%2", "%2g"}) CHECK_FALSE(percent_decode(text).has_value());
  CHECK(percent_encode("a b/\xc3\xa4~") == "a%20b%2F%C3%A4~");
  CHECK(percent_decode(percent_encode(std::string("\0\xff&=", 4))) == std::string("\0\xff&=", 4));
}

TEST_CASE("a query is asked by key") {
  const std::string_view query = "EIO=4&transport=polling&sid=&x=%41+b&flag&x=2&&bad=%zz";
  CHECK(query_value(query, "EIO") == "4");
  CHECK(query_value(query, "sid") == "");
  CHECK(query_value(query, "x") == "A b");
  CHECK(query_value(query, "flag") == "");
  CHECK_FALSE(query_value(query, "eio").has_value());
  CHECK_FALSE(query_value(query, "bad").has_value());
  CHECK_FALSE(query_value("", "x").has_value());
}

TEST_CASE("a target has a path and a query, in its absolute form too") {
  CHECK(split_target("/a?b?c").path == "/a");
  CHECK(split_target("/a?b?c").query == "b?c");
  CHECK(split_target("/a").query.empty());
  CHECK(split_target("*").path == "*");
  CHECK(split_target("http://h:1/a?b").path == "/a");
  CHECK(split_target("http://h").path == "/");
  CHECK(split_target("http://h?q").query == "q");
}
