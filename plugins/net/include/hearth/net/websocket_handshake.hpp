// The opening of a WebSocket (RFC 6455, section 4): a server's answer to an HTTP request, a client's request.
#ifndef HEARTH_NET_WEBSOCKET_HANDSHAKE_HPP
#define HEARTH_NET_WEBSOCKET_HANDSHAKE_HPP

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/net/http_client.hpp"
#include "hearth/net/http_server.hpp"
#include "hearth/net/websocket.hpp"

namespace hearth::net {

// Does the request ask for a WebSocket? Says nothing of whether it does so correctly.
bool wants_websocket(const HttpRequest& request);

struct WebSocketAccept {
  WebSocketOptions options{};
  // Subprotocols that this side speaks; the first of the client's offers among them is agreed on.
  std::vector<std::string> protocols{};
  bool protocol_required = false;  // 400 to who offers none of them
  HttpFields headers{};            // with the 101
};

// Answers 101 and takes the connection over; or answers 400 (malformed) or 426 (another version, or no
// WebSocket at all) and returns null. Only while the handler runs, which has looked at path and Origin
// before, as it must: a browser sends any page's requests here. Callbacks are given to what is returned
// before the loop turns. [loop]
std::shared_ptr<WebSocket> accept_websocket(HttpExchange& exchange, const WebSocketAccept& accept = {});

struct WebSocketRequest {
  std::string target = "/";
  HttpFields headers{};                  // Origin, Authorization ...
  std::vector<std::string> protocols{};  // offered, the best first
  WebSocketOptions options{};
  Microseconds timeout = std::chrono::seconds(10);  // from the name's resolution to the server's answer
};

// `refusal` is the server's answer if that was anything but 101; then the error is kDenied (401, 403) or
// kInvalid.
using WebSocketConnected = std::function<void(Result<std::shared_ptr<WebSocket>>, const HttpAnswer* refusal)>;

// `done` is called once, from the loop, never from inside this; dropping the attempt gives up. Redirects
// aren't followed. [loop]
[[nodiscard]] Attempt connect_websocket(Io& io, HttpClientOptions server, WebSocketRequest request,
                                        WebSocketConnected done);

// What a server answers to a client's Sec-WebSocket-Key.
std::string websocket_accept_of(std::string_view key);

}  // namespace hearth::net

#endif
