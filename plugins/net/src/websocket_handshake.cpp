// Keys, versions, subprotocols: both sides of the handshake.
#include "hearth/net/websocket_handshake.hpp"

#include <Poco/SHA1Engine.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "hearth/net/base64.hpp"

namespace hearth::net {

namespace {

constexpr std::size_t kKeyBytes = 16;

bool is_key(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes && bytes->size() == kKeyBytes;
}

std::string new_key() {
  std::array<char, kKeyBytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("no random bytes");
  return to_base64({bytes.data(), bytes.size()});
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The first offer that is spoken here.
std::string_view choose(const HttpHeaders& headers, const std::vector<std::string>& spoken) {
  for (const auto& field : headers) {
    if (!equal_without_case(field.name, "Sec-WebSocket-Protocol")) continue;
    auto list = field.value;
    for (std::string_view offer; next_element(list, offer);)
      if (contains(spoken, offer)) return offer;
  }
  return {};
}

HttpResponse wrong_version() {
  auto response = HttpResponse::text(426, "this is for WebSocket, version 13");
  response.header("Upgrade", "websocket").header("Sec-WebSocket-Version", "13");
  return response;
}

// What is wrong with the server's 101; nothing if it is fine.
std::string_view fault_of(const HttpHeaders& headers, std::string_view key,
                          const std::vector<std::string>& offered) {
  if (!headers.has_token("Upgrade", "websocket") || !headers.has_token("Connection", "Upgrade"))
    return "it changed to another protocol";
  if (headers.count("Sec-WebSocket-Accept") != 1 ||
      headers.get("Sec-WebSocket-Accept") != websocket_accept_of(key))
    return "its Sec-WebSocket-Accept is wrong";
  if (!headers.get("Sec-WebSocket-Extensions").empty()) return "it wants an extension that was not offered";
  const auto protocol = headers.find("Sec-WebSocket-Protocol");
  if (protocol && (headers.count("Sec-WebSocket-Protocol") != 1 || !contains(offered, *protocol)))
    return "it chose a subprotocol that was not offered";
  return {};
}

// One attempt; owns the client that makes it.
class Opening : public std::enable_shared_from_this<Opening> {
 public:
  Opening(Io& io, HttpClientOptions server, WebSocketRequest request, WebSocketConnected done)
      : client_(io, std::move(server)),
        request_(std::move(request)),
        key_(new_key()),
        done_(std::move(done)) {}

  void begin() {
    HttpCall call;
    call.target = request_.target;
    call.headers = request_.headers;
    call.upgrade = "websocket";
    call.timeout = request_.timeout;
    call.headers.add("Sec-WebSocket-Key", key_).add("Sec-WebSocket-Version", "13");
    std::string offers;
    for (const auto& one : request_.protocols) offers += (offers.empty() ? "" : ", ") + one;
    if (!offers.empty()) call.headers.add("Sec-WebSocket-Protocol", offers);
    client_.send(std::move(call), [this](auto answer) { answered(std::move(answer)); });
  }

 private:
  void answered(Result<HttpAnswer> answer) {
    const auto keep = shared_from_this();
    if (!answer.ok()) return finish(answer.error(), nullptr);
    if (!answer->upgraded) {
      const auto code =
          answer->status == 401 || answer->status == 403 ? ErrorCode::kDenied : ErrorCode::kInvalid;
      return finish(
          Error{code, concat("no WebSocket: the server answered ", answer->status, " ", answer->reason)},
          &*answer);
    }
    const auto headers = answer->headers();
    if (const auto fault = fault_of(headers, key_, request_.protocols); !fault.empty()) {
      answer->upgraded->close();
      return finish(Error{ErrorCode::kInvalid, concat("no WebSocket: ", fault)}, nullptr);
    }
    finish(WebSocket::over(std::move(answer->upgraded), WebSocket::Role::kClient, request_.options,
                           std::string(headers.get("Sec-WebSocket-Protocol"))),
           nullptr);
  }

  void finish(Result<std::shared_ptr<WebSocket>> result, const HttpAnswer* refusal) {
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(result), refusal);
  }

  HttpClient client_;
  const WebSocketRequest request_;
  const std::string key_;
  WebSocketConnected done_;
};

}  // namespace

bool wants_websocket(const HttpRequest& request) { return request.headers.has_token("Upgrade", "websocket"); }

std::shared_ptr<WebSocket> accept_websocket(HttpExchange& exchange, const WebSocketAccept& accept) {
  const auto& request = exchange.request();
  const auto& headers = request.headers;
  const auto refuse = [&](HttpResponse response) {
    exchange.answer(std::move(response));
    return nullptr;
  };
  if (!wants_websocket(request) || headers.get("Sec-WebSocket-Version") != "13")
    return refuse(wrong_version());
  const auto key = headers.get("Sec-WebSocket-Key");
  if (request.method != "GET" || request.minor == 0 || !request.body.empty() ||
      !headers.has_token("Connection", "Upgrade") || headers.count("Sec-WebSocket-Version") != 1 ||
      headers.count("Sec-WebSocket-Key") != 1 || !is_key(key))
    return refuse(HttpResponse::text(400, "a malformed WebSocket handshake"));
  const std::string protocol(choose(headers, accept.protocols));
  if (protocol.empty() && accept.protocol_required)
    return refuse(HttpResponse::text(400, "none of the offered subprotocols is spoken here"));
  if (!accept.headers.valid())
    return refuse(HttpResponse{.status = 500, .headers = accept.headers, .body = {}});
  auto answer = concat(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Accept: ",
      websocket_accept_of(key), "\r\n", accept.headers.text());
  if (!protocol.empty()) answer += concat("Sec-WebSocket-Protocol: ", protocol, "\r\n");
  auto connection = exchange.take_over(answer.append("\r\n"));
  if (!connection) return nullptr;
  return WebSocket::over(std::move(connection), WebSocket::Role::kServer, accept.options, protocol);
}

Attempt connect_websocket(Io& io, HttpClientOptions server, WebSocketRequest request,
                          WebSocketConnected done) {
  auto opening = std::make_shared<Opening>(io, std::move(server), std::move(request), std::move(done));
  opening->begin();
  return opening;
}

std::string websocket_accept_of(std::string_view key) {
  Poco::SHA1Engine sha;
  sha.update(key.data(), key.size());
  constexpr std::string_view kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, section 1.3
  sha.update(kMagic.data(), kMagic.size());
  const auto& digest = sha.digest();
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace hearth::net
