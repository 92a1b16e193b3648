// SocketIo: the plugin: an HTTP server with Socket.IO on it, the flow, the bridge, and a mirror of the house.
#ifndef HEARTH_MONITOR_SOCKETIO_HPP
#define HEARTH_MONITOR_SOCKETIO_HPP

#include <memory>

#include "bridge.hpp"
#include "common/seldom.hpp"
#include "flow.hpp"
#include "hearth/net/http_server.hpp"
#include "hearth/protocol.hpp"
#include "hearth/socketio/server.hpp"
#include "monitor_devices.hpp"

// Not hearth::socketio: that is the library beneath, which has a Client of its own.
namespace hearth::monitor {

class SocketIo : public Protocol {
 public:
  explicit SocketIo(Context& context);
  void start() override;
  void stop() override;

 private:
  FlowHooks hooks();
  net::HttpServerOptions http_options() const;
  void offer();
  Status admit(const socketio::Joining& joining);

  net::Io io_;
  House house_;
  Bridge bridge_;
  Flow flow_;
  MonitorDevices devices_;
  Access access_;
  Rights admitted_;            // of the client that is joining
  protocols::Seldom refused_;  // tokens
  protocols::Seldom evicted_;  // monitors
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<socketio::Server> server_;  // ends its sessions before their connections go
};

}  // namespace hearth::monitor

#endif
