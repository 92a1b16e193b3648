// How a WebSocket begins, in both roles, and which beginnings are refused.
#include "hearth/net/websocket_handshake.hpp"

#include <catch2/catch.hpp>

#include "websocket_fixture.hpp"

using namespace hearth::net;
using namespace hearth::test;

TEST_CASE("the handshake is the one of RFC 6455") {
  CHECK(websocket_accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  LoopThread thread;
  Echo echo(thread);
  Client client(echo.http.address);
  CHECK(open(client) ==
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST_CASE("frames that come with the handshake, or byte by byte, are heard") {
  LoopThread thread;
  Echo echo(thread);
  Client client(echo.http.address);
  open(client, kHandshake, text("early") + text("birds"));
  const auto both = plain(WebSocketOpcode::kText, "early") + plain(WebSocketOpcode::kText, "birds");
  CHECK(client.read(both.size()) == both);
  for (const char byte : masked(WebSocketOpcode::kBinary, "slow")) client.send({&byte, 1});
  CHECK(client.read(6) == plain(WebSocketOpcode::kBinary, "slow"));
  Client slow(echo.http.address);
  for (const char byte : kHandshake) slow.send({&byte, 1});
  slow.send(text("x"));
  CHECK(eventually([&] { return echo.messages == 4; }));
}

TEST_CASE("malformed handshakes get 400, other versions 426, and the connection lives on for HTTP") {
  LoopThread thread;
  Echo echo(thread);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "426"},
      {without(kHandshake, "Upgrade: "), "426"},
      {without(kHandshake, "Sec-WebSocket-Version"), "426"},
      {with(without(kHandshake, "Sec-WebSocket-Version"), "Sec-WebSocket-Version: 8"), "426"},
      {with(without(kHandshake, "Sec-WebSocket-Version"), "Sec-WebSocket-Version: 13, 8"), "426"},
      {without(kHandshake, "Connection"), "400"},
      {with(without(kHandshake, "Connection"), "Connection: keep-alive"), "400"},
      {without(kHandshake, "Sec-WebSocket-Key"), "400"},
      {with(kHandshake, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), "400"},
      {with(without(kHandshake, "Sec-WebSocket-Key"), "Sec-WebSocket-Key: dGhlIHNhbXBsZQ=="), "400"},
      {with(without(kHandshake, "Sec-WebSocket-Key"), "Sec-WebSocket-Key: not base64 not base64 no"), "400"},
      {"POST" + kHandshake.substr(3), "400"}};
  Client client(echo.http.address);
  for (const auto& [request, status] : cases) {
    INFO(request);
    const auto answer = open(client, request);
    CHECK(answer.starts_with("HTTP/1.1 " + status));
    if (status == "426") CHECK(answer.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos);
    client.read(std::stoul(answer.substr(answer.find("Content-Length: ") + 16)));
  }
  CHECK(open(client).starts_with("HTTP/1.1 101"));
  CHECK(eventually([&] { return echo.opened == 1; }));
}

TEST_CASE("the first offered subprotocol that the server speaks is agreed on") {
  LoopThread thread;
  WebSocketAccept accept;
  accept.protocols = {"one", "two"};
  Echo echo(thread, accept);
  const auto agreed = [&](const std::string& offers) {
    Client client(echo.http.address);
    const auto answer = open(client, with(kHandshake, "Sec-WebSocket-Protocol: " + offers));
    const auto at = answer.find("Sec-WebSocket-Protocol: ");
    return at == std::string::npos ? "" : answer.substr(at + 24, answer.find("\r\n", at) - at - 24);
  };
  CHECK(agreed("two, one") == "two");
  CHECK(agreed("three,one") == "one");
  CHECK(agreed("three").empty());
  CHECK(agreed("ONE").empty());
  accept.protocol_required = true;
  Echo strict(thread, accept);
  Client client(strict.http.address);
  CHECK(open(client).starts_with("HTTP/1.1 400"));
}

TEST_CASE("our client offers subprotocols and knows the one that was chosen") {
  LoopThread thread;
  WebSocketAccept accept;
  accept.protocols = {"b"};
  Echo echo(thread, accept);
  Peer peer(thread);
  WebSocketRequest request;
  request.protocols = {"a", "b"};
  peer.connect(echo.http.port(), request);
  REQUIRE(peer.socket);
  CHECK(peer.socket->protocol() == "b");
}

TEST_CASE("a refusal comes with its words") {
  LoopThread thread;
  HttpFixture server(thread, [](const std::shared_ptr<HttpExchange>& exchange) {
    exchange->answer(HttpResponse::of(401, "application/json", R"({"msg":"INVALID_TOKEN"})"));
  });
  Peer peer(thread);
  peer.connect(server.port());
  CHECK(peer.code == hearth::ErrorCode::kDenied);
  CHECK(peer.error == "no WebSocket: the server answered 401 Unauthorized");
  CHECK(peer.refusal == R"({"msg":"INVALID_TOKEN"})");
}

TEST_CASE("a server whose handshake is wrong is refused") {
  LoopThread thread;
  const std::string start = "HTTP/1.1 101 Switching Protocols\r\n", upgrade = "Upgrade: websocket\r\n",
                    connection = "Connection: Upgrade\r\n", accept = "Sec-WebSocket-Accept: ";
  const auto attempt = [&](const std::string& headers, bool right_key) {
    HttpFixture server(thread, [&](const std::shared_ptr<HttpExchange>& exchange) {
      const auto key = exchange->request().headers.get("Sec-WebSocket-Key");
      exchange->take_over(start + headers +
                          (right_key ? accept + websocket_accept_of(key) + "\r\n" : std::string()) + "\r\n");
    });
    Peer peer(thread);
    peer.connect(server.port());
    return peer.error;
  };
  CHECK(attempt(upgrade + connection, true).empty());
  CHECK(attempt(connection, true).ends_with("another protocol"));
  CHECK(attempt(upgrade, true).ends_with("another protocol"));
  CHECK(attempt("Upgrade: h2c\r\n" + connection, true).ends_with("another protocol"));
  CHECK(attempt(upgrade + connection, false).ends_with("Accept is wrong"));
  CHECK(attempt(upgrade + connection + accept + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", false)
            .ends_with("Accept is wrong"));
  CHECK(attempt(upgrade + connection + "Sec-WebSocket-Protocol: x\r\n", true).ends_with("not offered"));
  CHECK(attempt(upgrade + connection + "Sec-WebSocket-Extensions: permessage-deflate\r\n", true)
            .ends_with("not offered"));
}

TEST_CASE("a client hears what comes with the server's answer, and refuses masked frames") {
  LoopThread thread;
  for (const bool wrong : {false, true}) {
    HttpFixture server(thread, [&](const std::shared_ptr<HttpExchange>& exchange) {
      const auto key = exchange->request().headers.get("Sec-WebSocket-Key");
      exchange->take_over(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Accept: " +
          websocket_accept_of(key) + "\r\n\r\n" + plain(WebSocketOpcode::kText, "early") +
          (wrong ? text("masked") : ""));
    });
    Peer peer(thread);
    peer.connect(server.port());
    CHECK(eventually([&] { return peer.messages == 1; }));
    CHECK(peer.heard == "early");
    if (wrong) CHECK(eventually([&] { return peer.closed == 1002; }));
  }
}
