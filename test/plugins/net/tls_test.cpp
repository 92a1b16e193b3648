// TLS on both sides: who is trusted, what is refused, and that nothing else changes.
#include "hearth/net/tls.hpp"

#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "certificates.hpp"
#include "hearth/net/websocket_handshake.hpp"
#include "http_fixture.hpp"

using namespace std::chrono_literals;
using namespace hearth::net;
using hearth::ErrorCode;
using hearth::Result;
using hearth::test::Authority;
using hearth::test::Client;
using hearth::test::eventually;
using hearth::test::HttpFixture;
using hearth::test::LoopThread;
using hearth::test::Signed;

namespace {

const std::string kNames = "DNS:localhost,IP:127.0.0.1";

void echo(const std::shared_ptr<HttpExchange>& exchange) {
  if (wants_websocket(exchange->request())) {
    const auto socket = accept_websocket(*exchange);
    if (socket)
      socket->on_message([raw = socket.get()](std::string_view data, bool) {
        data == "close me" ? raw->close(4000, "bye") : raw->send_text(data);
      });
    return;
  }
  exchange->answer(HttpResponse::of(200, "a/b", std::string(exchange->request().body)));
}

HttpServerOptions secured(const Signed& own, const std::string& client_ca = {}) {
  HttpServerOptions options;
  auto tls = TlsServer::load({own.certificate, own.key, client_ca});
  REQUIRE(tls.ok());
  options.layer = tls->layer();
  options.listener.limits.max_output = 4 * 1024 * 1024;
  return options;
}

// One request over TLS, and a second on the same connection.
Result<HttpAnswer> ask(LoopThread& thread, std::uint16_t port, const TlsClientOptions& trust,
                       const std::string& host = "127.0.0.1", const std::string& body = "hello") {
  const auto tls = TlsClient::load(trust);
  if (!tls.ok()) return tls.error();
  HttpClientOptions options;
  options.host = host;
  options.port = port;
  options.connector = tls->connector();
  std::unique_ptr<HttpClient> client;
  Result<HttpAnswer> last = hearth::Error{};
  for (int i = 0; i < 2; ++i) {
    std::promise<Result<HttpAnswer>> answer;
    thread.on_loop([&] {
      if (!client) client = std::make_unique<HttpClient>(thread.io(), options);
      HttpCall call;
      call.method = "POST";
      call.body = body;
      client->send(std::move(call), [&](auto result) { answer.set_value(std::move(result)); });
    });
    last = answer.get_future().get();
    if (!last.ok()) break;
  }
  thread.on_loop([&] { client.reset(); });
  return last;
}

// A blocking TLS client of OpenSSL's own making; the highest version that it speaks.
bool handshakes(const std::string& address, int version) {
  const Client tcp(address);
  auto* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, version);
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  auto* ssl = SSL_new(context);
  SSL_set_fd(ssl, tcp.fd());
  const bool done = SSL_connect(ssl) == 1;
  SSL_free(ssl);
  SSL_CTX_free(context);
  return done;
}

}  // namespace

TEST_CASE("requests and answers of all sizes travel through TLS, on one connection") {
  Authority authority;
  LoopThread thread;
  HttpServerOptions options = secured(authority.sign("server", kNames));
  options.limits.max_body = 2'000'000;
  HttpFixture server(thread, echo, options);
  for (const std::size_t size : {1u, 16'384u, 16'385u, 1'000'000u}) {
    const std::string body(size, 's');
    const auto answer = ask(thread, server.port(), {.ca_file = authority.certificate()}, "127.0.0.1", body);
    REQUIRE(answer.ok());
    CHECK(answer->body == body);
  }
  CHECK(ask(thread, server.port(), {.ca_file = authority.certificate()}, "localhost").ok());
  CHECK(server.counters().requests == 10);
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("a server that isn't trusted, isn't named so, or whose time is over is refused with the reason") {
  Authority authority, other;
  LoopThread thread;
  const TlsClientOptions trust{.ca_file = authority.certificate()};
  const auto words = [&](const Signed& own, const TlsClientOptions& trusted, const char* host = "127.0.0.1") {
    HttpFixture server(thread, echo, secured(own));
    const auto answer = ask(thread, server.port(), trusted, host);
    CHECK(server.counters().requests == (answer.ok() ? 2u : 0u));
    return answer.ok() ? std::string() : answer.error().words;
  };
  const auto good = authority.sign("good", kNames);
  CHECK(words(good, trust).empty());
  CHECK(words(good, {.ca_file = other.certificate()}).find("127.0.0.1: TLS: ") == 0);
  CHECK(words(good, {}).find("unable to get local issuer certificate") != std::string::npos);
  CHECK(words(authority.sign("named", "DNS:elsewhere,IP:127.0.0.2"), trust).find("IP address mismatch") !=
        std::string::npos);
  CHECK(words(authority.sign("named", "DNS:elsewhere"), trust, "localhost").find("hostname mismatch") !=
        std::string::npos);
  CHECK(words(authority.sign("old", kNames, -1), trust).find("certificate has expired") != std::string::npos);
  CHECK(words(authority.sign("old", "DNS:x", -1), {.verify = false}).empty());
}

TEST_CASE("a server may ask its clients for a certificate") {
  Authority authority, other;
  LoopThread thread;
  HttpFixture server(thread, echo, secured(authority.sign("server", kNames), authority.certificate()));
  const auto own = authority.sign("client", "DNS:client"), foreign = other.sign("foreign", "DNS:client");
  const auto with = [&](const Signed& shown) {
    return ask(thread, server.port(),
               {.ca_file = authority.certificate(), .certificate = shown.certificate, .key = shown.key});
  };
  CHECK(with(own).ok());
  CHECK_FALSE(with(foreign).ok());
  CHECK_FALSE(with({}).ok());
  CHECK(server.counters().requests == 2);
}

TEST_CASE("only TLS 1.2 and 1.3 are spoken") {
  Authority authority;
  LoopThread thread;
  HttpFixture server(thread, echo, secured(authority.sign("server", kNames)));
  CHECK(handshakes(server.address, TLS1_3_VERSION));
  CHECK(handshakes(server.address, TLS1_2_VERSION));
  CHECK_FALSE(handshakes(server.address, TLS1_1_VERSION));
  CHECK_FALSE(handshakes(server.address, TLS1_VERSION));
}

TEST_CASE("who doesn't speak TLS to a secure server is turned away, who says nothing is closed in time") {
  Authority authority;
  LoopThread thread;
  auto options = secured(authority.sign("server", kNames));
  options.head_timeout = 60ms;
  HttpFixture server(thread, echo, options);
  Client plain(server.address), garbage(server.address), half(server.address), silent(server.address);
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  garbage.send(std::string(100'000, '\x16'));
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  for (auto* client : {&plain, &garbage, &half, &silent})
    CHECK(client->read_all().find("HTTP") == std::string::npos);
  CHECK(eventually([&] { return server.size() == 0; }));
  CHECK(server.counters().requests == 0);
  CHECK(ask(thread, server.port(), {.ca_file = authority.certificate()}).ok());
}

TEST_CASE("a client gives up on a server that doesn't speak TLS, or never gets to it") {
  Authority authority;
  LoopThread thread;
  HttpFixture plain(thread, echo);
  const TlsClientOptions trust{.ca_file = authority.certificate()};
  CHECK(ask(thread, plain.port(), trust).error().code == ErrorCode::kUnreachable);
  HttpServerOptions patient;
  std::unique_ptr<Listener> mute;
  std::uint16_t port = 0;
  thread.on_loop([&] {
    ListenerOptions options;
    options.listen = "127.0.0.1:0";
    mute = std::move(*Listener::open(thread.io(), options, [](Connection& c) {
      c.on_data([](std::string_view bytes) { return bytes.size(); });
    }));
    port = static_cast<std::uint16_t>(std::stoi(mute->address().substr(mute->address().rfind(':') + 1)));
  });
  const auto tls = TlsClient::load(trust);
  std::promise<hearth::Error> error;
  Attempt attempt;
  thread.on_loop([&] {
    attempt = tls->connector()(thread.io(), "127.0.0.1", port, {.timeout = 60ms, .limits = {}},
                               [&](auto result) { error.set_value(result.error()); });
  });
  const auto failure = error.get_future().get();
  CHECK(failure.code == ErrorCode::kTimeout);
  CHECK(failure.words == "127.0.0.1: no secure connection in time");
  thread.on_loop([&] {
    attempt = tls->connector()(thread.io(), "127.0.0.1", port, {}, [](auto) { FAIL("it was dropped"); });
  });
  thread.on_loop([&] {
    attempt.reset();
    mute.reset();
  });
}

TEST_CASE("a WebSocket lives on TLS as on TCP, and its client may talk before the handshake is over") {
  Authority authority;
  LoopThread thread;
  HttpFixture server(thread, echo, secured(authority.sign("server", kNames)));
  const auto tls = TlsClient::load({.ca_file = authority.certificate()});
  std::shared_ptr<WebSocket> socket;
  Attempt attempt;
  std::string heard;
  std::atomic<std::size_t> size{0};
  std::atomic<int> closed{0};
  const std::string big(300'000, 'w');
  thread.on_loop([&] {
    HttpClientOptions options = HttpClientOptions::to(*Url::parse("wss://127.0.0.1/"), tls->connector());
    options.port = server.port();
    attempt = connect_websocket(thread.io(), options, {}, [&](auto result, const HttpAnswer*) {
      socket = *result;
      socket->on_message([&](std::string_view data, bool) {
        heard += data;
        size = heard.size();
      });
      socket->on_close([&](std::uint16_t code, std::string_view) { closed = code; });
      socket->send_text("hello ");
      socket->send_text(big);
      socket->send_text("close me");
    });
  });
  CHECK(eventually([&] { return closed == 4000; }));
  CHECK(heard == "hello " + big);
  thread.on_loop([&] {
    attempt.reset();
    socket.reset();
  });
  CHECK(eventually([&] { return server.size() == 0; }));
}

TEST_CASE("files that don't do are refused with their names, and nobody is asked for a passphrase") {
  Authority authority;
  const auto good = authority.sign("good", kNames), other = authority.sign("other", kNames);
  const auto locked = authority.sign("locked", kNames, 1, "secret");
  std::ofstream(authority.path("empty.pem")) << "nothing\n";
  const auto words = [](const TlsServerOptions& options) {
    const auto tls = TlsServer::load(options);
    REQUIRE_FALSE(tls.ok());
    CHECK(tls.error().code == ErrorCode::kInvalid);
    return tls.error().words;
  };
  CHECK(words({"/nowhere.pem", good.key, {}})
            .starts_with("TLS: cannot use the certificate /nowhere.pem: No such file or directory"));
  CHECK(words({authority.path("empty.pem"), good.key, {}}).find("no start line") != std::string::npos);
  CHECK(words({good.certificate, "/nowhere.key", {}}).starts_with("TLS: cannot use the key /nowhere.key: "));
  CHECK(words({good.certificate, other.key, {}}).find("key values mismatch") != std::string::npos);
  CHECK(words({locked.certificate, locked.key, {}}).starts_with("TLS: cannot use the key " + locked.key));
  CHECK(words({good.certificate, good.key, "/nowhere.ca"}).find("/nowhere.ca") != std::string::npos);
  CHECK_FALSE(TlsClient::load({.ca_file = "/nowhere.ca"}).ok());
}
