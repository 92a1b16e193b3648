// Remote: one connection to the Interlock server, whatever carries it.
#ifndef HEARTH_INTERLOCK_REMOTE_HPP
#define HEARTH_INTERLOCK_REMOTE_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/http_client.hpp"

namespace hearth::interlock {

inline constexpr std::size_t kMostFrame = 64 * 1024;                // bytes of a request
inline constexpr std::size_t kMostOutput = 8 * 1024 * 1024;         // answers to a server that doesn't read
inline constexpr std::string_view kInvalidToken = "INVALID_TOKEN";  // a refusal's word in all three forms

// Answers one request; nothing happens once the connection is gone.
using Answer = std::function<void(const boost::json::object&)>;

// All but `request` are called once at most, from the loop, never from inside the function that began it, and
// may drop the Remote.
struct RemoteHooks {
  std::function<void()> connected;
  // Not connected, or not any more. `token_refused`: the server has said that it doesn't know the token.
  std::function<void(bool token_refused, std::string_view why)> ended;
  // What the server has sent, which may be any JSON; an error for what is none.
  std::function<void(Result<boost::json::value>, Answer)> request;
};

// Made by a connect function below, which begins at once. Dropping it ends the connection without a call.
// [loop]
class Remote {
 public:
  Remote() = default;
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;
  virtual ~Remote() = default;

  // Sends an object that answers nothing.
  virtual void push(const boost::json::object& message) = 0;
  // Bytes that wait for the server.
  virtual std::size_t queued() const = 0;
};

// Where the server is. A secure one needs a connector that is TLS.
struct ServerAddress {
  net::Url url;
  net::Connector connector{};

  net::HttpClientOptions http() const;
};

// ws(s)://host[:port]/?token=TOKEN: a JSON object in each text frame.
std::unique_ptr<Remote> connect_websocket(net::Io& io, const ServerAddress& server, const std::string& token,
                                          RemoteHooks hooks);
// Socket.IO, path /socket.io/, query token=TOKEN: requests are the event `request`.
std::unique_ptr<Remote> connect_socketio(net::Io& io, const ServerAddress& server, const std::string& token,
                                         RemoteHooks hooks);

// Is an HTTP answer the refusal of a token: 401 with {"msg":"INVALID_TOKEN"}?
bool refuses_token(const net::HttpAnswer& answer);

}  // namespace hearth::interlock

#endif
