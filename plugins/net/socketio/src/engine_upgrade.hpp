// EngineUpgrade: a session's change from polling to WebSocket, while it is under way.
#ifndef HEARTH_SOCKETIO_SRC_ENGINE_UPGRADE_HPP
#define HEARTH_SOCKETIO_SRC_ENGINE_UPGRADE_HPP

#include <memory>

#include "hearth/socketio/engine_session.hpp"

namespace hearth::socketio {

// The client probes the new connection ("2probe", "3probe") while it still polls, and then says that it has
// moved ("5"). From the probe on nothing more is sent by polling but noops. Ends in the session's upgraded()
// or upgrade_failed(), which destroy it. [loop]
class EngineUpgrade {
 public:
  EngineUpgrade(EngineSession& session, std::shared_ptr<net::WebSocket> socket, Microseconds timeout);
  EngineUpgrade(const EngineUpgrade&) = delete;
  EngineUpgrade& operator=(const EngineUpgrade&) = delete;
  ~EngineUpgrade();

  bool probed() const { return probed_; }
  // A poll has come. Held for a moment: "5" may be on its way on the other connection.
  void hold_poll();

 private:
  void heard(std::string_view text, bool binary);

  EngineSession& session_;
  std::shared_ptr<net::WebSocket> socket_;
  bool probed_ = false;
  net::Deadline timeout_, hold_;
};

}  // namespace hearth::socketio

#endif
