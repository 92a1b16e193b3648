// HTTP messages, whole and cut anywhere, and those that must be refused.
#include "hearth/net/http_parser.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

using hearth::net::HttpLimits;
using hearth::net::HttpParser;
using Event = HttpParser::Event;
using Role = HttpParser::Role;

namespace {

// What a reader understood, as one text: any difference between two ways of cutting shows.
struct Reading {
  std::string heard;
  int status = 0;
  std::string words;
  std::size_t messages = 0;
};

void note_head(const HttpParser& parser, Reading& reading) {
  const auto& head = parser.head();
  reading.heard += "[" + std::string(head.method) + " " + std::string(head.target) + " " +
                   std::to_string(head.status) + " " + std::string(head.reason) + " 1." +
                   std::to_string(head.minor) + (head.keep_alive ? " keep" : " close");
  for (const auto& field : head.headers)
    reading.heard += "|" + std::string(field.name) + "=" + std::string(field.value);
  reading.heard += "]";
}

// Feeds pieces that end at `cuts`.
Reading read(std::string_view stream, const std::vector<std::size_t>& cuts, Role role, bool ended = false,
             const HttpLimits& limits = {}) {
  Reading reading;
  HttpParser parser(role, limits);
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const auto end = i < cuts.size() ? cuts[i] : stream.size();
    std::string piece(stream.substr(begin, end - begin));  // a copy of its own: views must not outlive it
    begin = end;
    std::string_view rest = piece;
    while (true) {
      std::size_t used = 0;
      auto event = parser.next(rest, used);
      rest.remove_prefix(used);
      if (event == Event::kNeedMore && ended && end == stream.size()) event = parser.finish();
      if (event == Event::kHead) note_head(parser, reading);
      if (event == Event::kBody) reading.heard += parser.piece();
      if (event == Event::kRefused) {
        reading.status = parser.fault().status;
        reading.words = parser.fault().words;
        return reading;
      }
      if (event == Event::kEnd) {
        note_head(parser, reading);  // its views are still good
        reading.heard += "\n";
        ++reading.messages;
        parser.reset();
        if (ended && rest.empty() && end == stream.size()) break;
      }
      if (event == Event::kNeedMore) break;
    }
  }
  return reading;
}

Reading read(std::string_view stream, Role role = Role::kRequests) { return read(stream, {}, role); }

std::vector<std::size_t> every_byte(std::string_view stream) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < stream.size(); ++i) cuts.push_back(i);
  return cuts;
}

const std::vector<std::string> kRequests{
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET /x?y=1 HTTP/1.1\r\nHost:a:80\r\nAccept:  */* \t \r\n\r\n",
    "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: b\r\n\r\n",
    ("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=\"y\"\r\n world\r\n"
     "0\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.0\r\n\r\n"),
    "PUT /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\nEmpty:\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, close\r\n\r\n",
    "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ("POST / HTTP/1.1\r\nHost: [::1]:80\r\nX: \xc3\xa4\ttab\r\nTransfer-Encoding: Chunked\r\n\r\n00A \t;a\r\n"
     "0123456789\r\n0;last\r\n\r\n")};

const std::vector<std::string> kResponses{
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine, thanks\r\nTransfer-Encoding: "
    "chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nuntil the end"};

std::string with_headers(std::string_view lines) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
}

std::string chunked(std::string_view body) {
  return with_headers("Transfer-Encoding: chunked\r\n") + std::string(body);
}

}  // namespace

TEST_CASE("every valid message reads the same whole, byte by byte and cut in two anywhere") {
  const auto check = [](const std::string& stream, Role role) {
    INFO(stream);
    const auto whole = read(stream, {}, role, true);
    CHECK(whole.status == 0);
    CHECK(whole.messages > 0);
    const auto bytes = read(stream, every_byte(stream), role, true);
    CHECK(bytes.heard == whole.heard);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      INFO(cut);
      CHECK(read(stream, {cut}, role, true).heard == whole.heard);
    }
  };
  for (const auto& request : kRequests) check(request, Role::kRequests);
  for (const auto& response : kResponses) {
    check(response, Role::kResponses);
    check(response, Role::kLenientResponses);
  }
}

TEST_CASE("a long stream of messages reads the same under random cuts") {
  std::string stream;
  for (int i = 0; i < 30; ++i) stream += kRequests[static_cast<std::size_t>(i) % kRequests.size()];
  const auto whole = read(stream);
  REQUIRE(whole.status == 0);
  REQUIRE(whole.messages >= 30);
  std::mt19937 random(20260730);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = random() % 90; at < stream.size(); at += 1 + random() % 90) cuts.push_back(at);
    CHECK(read(stream, cuts, Role::kRequests).heard == whole.heard);
  }
}

TEST_CASE("a request is read as it was sent") {
  const auto reading = read(kRequests[3]);
  CHECK(reading.messages == 2);
  CHECK(reading.heard.starts_with("[POST /p 0  1.1 keep|Host=a|Transfer-Encoding=chunked]hello world"));
  CHECK(reading.heard.find("[GET / 0  1.0 close]") != std::string::npos);
  CHECK(read(kRequests[1]).heard.find("|Host=a:80|Accept=*/*]") != std::string::npos);
  CHECK(read(kRequests[5]).heard.find("close") != std::string::npos);
  CHECK(read(kRequests[7]).heard.find("keep") != std::string::npos);
}

TEST_CASE("what two readers could understand differently is refused with 400") {
  const std::vector<std::string> smuggled{
      with_headers("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      with_headers("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
      with_headers("Content-Length: 5\r\nContent-Length: 6\r\n"),
      with_headers("Content-Length: 5\r\nContent-Length: 5\r\n"),
      with_headers("Content-Length: 5, 5\r\n"),
      with_headers("Content-Length: +5\r\n"),
      with_headers("Content-Length: -1\r\n"),
      with_headers("Content-Length: 0x5\r\n"),
      with_headers("Content-Length: 5 5\r\n"),
      with_headers("Content-Length:\r\n"),
      with_headers("Content-Length : 5\r\n"),
      with_headers("Content-Length\t: 5\r\n"),
      with_headers(" Content-Length: 5\r\n"),
      with_headers("X: a\r\n b\r\n"),
      with_headers("X: a\r\n\tb\r\n"),
      with_headers("X: a\nContent-Length: 5\r\n"),
      with_headers("X: a\rContent-Length: 5\r\n"),
      with_headers(std::string("X: a\0b\r\n", 8)),
      with_headers("X: a\x7f\r\n"),
      with_headers("X: 1234567\x01 and more\r\n"),
      with_headers("X\r\n"),
      with_headers(": x\r\n"),
      with_headers("X Y: z\r\n"),
      with_headers("X(: z\r\n"),
      with_headers("X\xc3\xa4: z\r\n"),
      with_headers("Host: b\r\n"),
      with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      with_headers("Transfer-Encoding: chunked, gzip\r\n"),
      with_headers("Transfer-Encoding: chunked, chunked\r\n"),
      with_headers("Transfer-Encoding:\r\n"),
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / http/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.10\r\nHost: a\r\n\r\n",
      "GET / HTTP/11\r\nHost: a\r\n\r\n",
      "GET / HTTP/1,1\r\nHost: a\r\n\r\n",
      "GET /\r\nHost: a\r\n\r\n",
      "GET\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\rGET / HTTP/1.1\r\n",
      "\x16\x03\x01\x02\x01 a TLS greeting"};
  for (const auto& stream : smuggled) {
    INFO(stream);
    CHECK(read(stream).status == 400);
    CHECK(read(stream, every_byte(stream), Role::kRequests).status == 400);
    CHECK_FALSE(read(stream).words.empty());
    CHECK(read(stream).messages == 0);
  }
}

TEST_CASE("malformed chunks are refused") {
  for (const auto* body : {"\r\n",
                           "g\r\n",
                           "x5\r\n",
                           "-5\r\n",
                           "+5\r\n",
                           "0x5\r\nhello\r\n",
                           " 5\r\nhello\r\n",
                           "5 \r\nhello\r\n",
                           "5\nhello\r\n",
                           "5\rhello\r\n",
                           "5\r\nhelloX",
                           "5\r\nhello\n",
                           "5\r\nhello\rX",
                           "5\r\nhello0\r\n\r\n",
                           "5;\x01\r\nhello\r\n",
                           "5;a\nhello",
                           "5 x\r\nhello",
                           "00000000000000005\r\nhello\r\n",
                           ";a\r\n",
                           "0\r\nX\r\n\r\n",
                           "0\r\n X: y\r\n\r\n",
                           "0\r\nX : y\r\n\r\n",
                           "0\r\nX: y\n\r\n",
                           "0\r\nX: \x01\r\n\r\n",
                           "0\r\n\n",
                           "0\r\n\rX\r\n"}) {
    INFO(body);
    const auto stream = chunked(body);
    CHECK(read(stream).status == 400);
    CHECK(read(stream, every_byte(stream), Role::kRequests).status == 400);
  }
}

TEST_CASE("what is too large is refused with its own status") {
  const std::string line(8 * 1024, 'x');
  CHECK(read("GET /" + line).status == 414);
  CHECK(read("GET /" + line + " HTTP/1.1\r\nHost: a\r\n\r\n").status == 414);
  CHECK(read(with_headers("X: " + std::string(16 * 1024, 'x') + "\r\n")).status == 431);
  CHECK(read("GET / HTTP/1.1\r\nX: " + std::string(16 * 1024, 'x')).status == 431);
  std::string many;
  for (int i = 0; i < 99; ++i) many += "A: b\r\n";
  CHECK(read(with_headers(many)).messages == 1);
  CHECK(read(with_headers(many + "A: b\r\n")).status == 431);
  CHECK(read(with_headers("Content-Length: 1048577\r\n")).status == 413);
  CHECK(read(with_headers("Content-Length: 99999999999999999999999\r\n")).status == 413);
  CHECK(read(chunked("100001\r\n")).status == 413);
  CHECK(read(chunked("FFFFFFFFFFFFFFFF\r\n")).status == 413);
  CHECK(read(chunked("1;" + std::string(16 * 1024 + 1, 'x'))).status == 413);
  CHECK(read(chunked("0\r\nX: " + std::string(16 * 1024, 'x'))).status == 413);
  CHECK(read(chunked("0\r\n" + many + "A: b\r\nA: b\r\n\r\n")).status == 413);
}

TEST_CASE("the extensions of many small chunks are counted together") {
  std::string body;
  for (int i = 0; i < 2000; ++i) body += "1;123456789\r\nx\r\n";
  CHECK(read(chunked(body + "0\r\n\r\n")).status == 413);
}

TEST_CASE("chunks are counted together, however small they are") {
  const HttpLimits limits{.max_body = 10};
  CHECK(read(chunked("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"), {}, Role::kRequests, false, limits).messages ==
        1);
  CHECK(read(chunked("5\r\nhello\r\n6\r\n"), {}, Role::kRequests, false, limits).status == 413);
}

TEST_CASE("what this server doesn't speak has a status of its own") {
  CHECK(read("GET / HTTP/2.0\r\nHost: a\r\n\r\n").status == 505);
  CHECK(read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 505);
  CHECK(read("GET / HTTP/0.9\r\n\r\n").status == 505);
  CHECK(read("GET / HTTP/1.9\r\nHost: a\r\n\r\n").messages == 1);
  CHECK(read("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n").status == 501);
  CHECK(read(std::string(33, 'X') + " / HTTP/1.1\r\nHost: a\r\n\r\n").status == 501);
  CHECK(read(with_headers("Transfer-Encoding: gzip\r\n")).status == 501);
  CHECK(read(with_headers("Transfer-Encoding: gzip, chunked\r\n")).status == 501);
  CHECK(read(with_headers("Transfer-Encoding: xchunked\r\n")).status == 501);
  CHECK(read(with_headers("Expect: something\r\n")).status == 417);
}

TEST_CASE("a body without a length lasts until the end of a response, and no longer than allowed") {
  const std::string stream = "HTTP/1.1 200 OK\r\n\r\nabc";
  CHECK(read(stream, {}, Role::kResponses, true).messages == 1);
  CHECK(read(stream, {}, Role::kResponses, false).messages == 0);
  CHECK(read(stream, {}, Role::kResponses, true, {.max_body = 2}).status == 413);
}

TEST_CASE("a message that ends in the middle is refused, the end between two isn't") {
  for (const std::string stream :
       {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "H"}) {
    INFO(stream);
    const auto reading = read(stream, {}, Role::kResponses, true);
    CHECK(reading.status == 400);
    CHECK(reading.messages == 0);
  }
  CHECK(read("", {}, Role::kResponses, true).status == 0);
  CHECK(read(kResponses[0], {}, Role::kResponses, true).messages == 2);
}

TEST_CASE("the answer to HEAD has no body, whatever its header says") {
  for (const auto* header : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", ""}) {
    HttpParser parser(Role::kResponses);
    parser.expect_no_body();
    std::size_t used = 0;
    const auto text = "HTTP/1.1 200 OK\r\n" + std::string(header) + "\r\n";
    REQUIRE(parser.next(text, used) == Event::kHead);
    CHECK(used == text.size());
    CHECK(parser.head().keep_alive);
    CHECK(parser.next({}, used) == Event::kEnd);
  }
}

TEST_CASE("sloppy answers are understood by the lenient reader only") {
  const std::vector<std::string> sloppy{
      "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
      "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n"};
  for (const auto& stream : sloppy) {
    INFO(stream);
    CHECK(read(stream, Role::kResponses).status == 400);
    const auto reading = read(stream, Role::kLenientResponses);
    CHECK(reading.status == 0);
    CHECK(reading.messages == 1);
    CHECK(reading.heard.find("]ok[") != std::string::npos);
    CHECK(read(stream, every_byte(stream), Role::kLenientResponses).heard == reading.heard);
  }
  CHECK(read(sloppy[3], Role::kLenientResponses).heard.find("X=a b|") != std::string::npos);
}

TEST_CASE("leniency doesn't reach to sizes") {
  for (const auto* stream :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", "HTTP/1.1 200OK\r\n\r\n",
        "RTSP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    INFO(stream);
    CHECK(read(stream, Role::kLenientResponses).status == 400);
  }
  CHECK(read("HTTP/1.1 200 OK\r\nX: " + std::string(16 * 1024, 'x'), Role::kLenientResponses).status == 431);
}

TEST_CASE("a head that waits for its body keeps what it said when the bytes are gone") {
  HttpParser parser(Role::kRequests);
  auto first = std::make_unique<std::string>("POST /where HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  std::size_t used = 0;
  REQUIRE(parser.next(*first, used) == Event::kHead);
  std::string_view rest = std::string_view(*first).substr(used);
  REQUIRE(parser.next(rest, used) == Event::kBody);
  REQUIRE(parser.next({}, used) == Event::kNeedMore);
  first.reset();
  REQUIRE(parser.next("bc", used) == Event::kBody);
  CHECK(parser.head().method == "POST");
  CHECK(parser.head().target == "/where");
  CHECK(parser.head().headers.get("host") == "a");
}

TEST_CASE("an expectation in a response means nothing, and hides nothing that follows it") {
  for (const auto role : {Role::kResponses, Role::kLenientResponses}) {
    CHECK(read("HTTP/1.1 200 OK\r\nExpect: x\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 204 No Content\r\n\r\n",
               role)
              .messages == 2);
    CHECK(read("HTTP/1.1 200 OK\r\nExpect: x\r\nno colon\r\nContent-Length: 2\r\n\r\nok", Role::kResponses)
              .status == 400);
  }
}
