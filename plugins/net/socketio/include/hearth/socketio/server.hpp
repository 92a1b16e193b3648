// Server: Socket.IO, protocol 5, on an HTTP server: namespaces that clients join.
#ifndef HEARTH_SOCKETIO_SERVER_HPP
#define HEARTH_SOCKETIO_SERVER_HPP

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "hearth/socketio/engine_server.hpp"
#include "hearth/socketio/socket.hpp"

namespace hearth::socketio {

class ServerSession;

struct ServerOptions {
  EngineOptions engine{};                                   // its path: see from()
  Microseconds connect_timeout = std::chrono::seconds(45);  // for joining a namespace: the first, or again

  // From the keys of EngineOptions::from() and connect_timeout_ms; on /socket.io/.
  static ServerOptions from(const Config& config);
};

// A client that asks to join.
struct Joining {
  const boost::json::object& auth;  // empty if it sent none
  const net::Ip& peer;
  const std::string& origin;
};

// Give it the requests that it serves(), and install() it in the server's options before. [loop]
class Server {
 public:
  // May it? An error's words are told to the client (CONNECT_ERROR).
  using Admit = std::function<Status(const Joining&)>;
  // It has. The first thing it hears of the namespace is what is emitted here.
  using Joined = std::function<void(const std::shared_ptr<Socket>&, const Joining&)>;

  Server(net::Io& io, const ServerOptions& options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Offers a namespace: "/", "/custom". Before the first client.
  void offer(std::string nsp, Joined joined, Admit admit = {});

  void install(net::HttpServerOptions& options) { engine_.install(options); }
  bool serves(const net::HttpRequest& request) const { return engine_.serves(request); }
  void handle(const std::shared_ptr<net::HttpExchange>& exchange) { engine_.handle(exchange); }

  // Connections, whether they have joined anything or not.
  std::size_t size() const { return engine_.size(); }

 private:
  friend class ServerSession;
  struct Namespace {
    Joined joined;
    Admit admit;
  };

  net::Io& io_;
  const Microseconds connect_timeout_;
  std::map<std::string, Namespace, std::less<>> namespaces_;
  EngineServer engine_;
};

}  // namespace hearth::socketio

#endif
