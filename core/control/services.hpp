// Services: what the server offers to the control socket, and to nobody else.
#ifndef HEARTH_CORE_CONTROL_SERVICES_HPP
#define HEARTH_CORE_CONTROL_SERVICES_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

class Log;  // the server's, of core/log/log.hpp

// The name of the extension under which the host hands a Services to the control server.
inline constexpr const char* kServicesExtension = "hearth.control/1";

class Services {
 public:
  using Done = std::function<void(Result<Poco::Dynamic::Var>)>;

  virtual ~Services() = default;

  // Runs a method of the server's: "status", "devices.list", "plugins.reload", ... `params` is never null and
  // the callee's from then on. `done` is called on home's thread, exactly once, with what becomes the
  // JSON-RPC result; it may be called before call() returns. A method that doesn't exist: kInvalid, and the
  // words begin with "no such method". [any]
  //
  // What hearthctl shows of the results (every further key is passed on as it is):
  //   devices.list  [{number, id, name, location, reachable, reason, capabilities, state}]
  //   groups.list   [{number, name, devices: [id]}]
  //   plugins.list  [{id, version, kind, file, state, reason, isolation, restarts, memory_kb, notes}]
  //   verbs.list    [{word, plugin, verbs: [{name, args, help, files}]}]
  virtual void call(const std::string& method, Poco::JSON::Object::Ptr params, Done done) = 0;

  // [any]
  virtual Log& log() = 0;

  // Where the control socket stands. [any]
  virtual std::filesystem::path socket_path() = 0;

  // Binary schemas (.bfbs) of the present plugins' own messages, to print those. Not trusted. [any]
  virtual std::vector<std::vector<std::uint8_t>> message_schemas() { return {}; }
};

}  // namespace hearth::core

#endif
