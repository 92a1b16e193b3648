// link(): one request for the token that lets this machine connect.
#ifndef HEARTH_INTERLOCK_LINKING_HPP
#define HEARTH_INTERLOCK_LINKING_HPP

#include <functional>
#include <string>

#include "identity.hpp"
#include "lifecycle.hpp"

namespace hearth::interlock {

// What the server is told of this machine.
struct MachineData {
  std::string os, os_version, machine_name, hub_version;

  // What can't be found out is empty. In a sandbox /etc may be out of sight. Reads a file of the system.
  // [any]
  static MachineData here(std::string hub_version);
};

// GET /interlock/api/local_servers/<machine_id>?os=...&secret=...; 10 s. `done` is called once, from the
// loop, never from inside this; dropping the attempt gives up. [loop]
[[nodiscard]] net::Attempt link(net::Io& io, const ServerAddress& server, const Identity& identity,
                                const MachineData& machine, std::function<void(const Linked&)> done);

// The path and query of that request.
std::string link_target(const Identity& identity, const MachineData& machine);
// What an answer means.
Linked read_link(const net::HttpAnswer& answer);

}  // namespace hearth::interlock

#endif
