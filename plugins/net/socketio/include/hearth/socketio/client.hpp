// connect(): a Socket.IO client (protocol 5, Engine.IO 4) over WebSocket.
#ifndef HEARTH_SOCKETIO_CLIENT_HPP
#define HEARTH_SOCKETIO_CLIENT_HPP

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>

#include "hearth/net/websocket_handshake.hpp"
#include "hearth/socketio/socket.hpp"

namespace hearth::socketio {

struct ClientRequest {
  std::string path = "/socket.io/";
  std::string query{};  // further parameters, already encoded: "token=abc&v=2"
  std::string nsp = "/";
  boost::json::object auth{};
  net::HttpFields headers{};
  std::size_t max_payload = 1'000'000;              // bytes of one message that comes
  Microseconds timeout = std::chrono::seconds(10);  // from the name's resolution to the server's yes
  // The server has answered the HTTP request, but not with a WebSocket; the failure follows at once.
  std::function<void(const net::HttpAnswer&)> on_refusal{};
};

using Connected = std::function<void(Result<std::shared_ptr<Socket>>)>;

// `done` is called once, from the loop, never from inside this; dropping the attempt gives up. kDenied with
// the server's words if it refuses (CONNECT_ERROR). A socket whose server stays silent for longer than it has
// promised (pingInterval + pingTimeout) ends. It isn't connected again: that is its owner's decision. [loop]
[[nodiscard]] net::Attempt connect(net::Io& io, net::HttpClientOptions server, ClientRequest request,
                                   Connected done);

}  // namespace hearth::socketio

#endif
