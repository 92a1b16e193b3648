// Client: one connection of the flow: a user, a monitor, both or nothing yet.
#ifndef HEARTH_MONITOR_CLIENT_HPP
#define HEARTH_MONITOR_CLIENT_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "access.hpp"
#include "hearth/socketio/socket.hpp"

namespace hearth::monitor {

struct Monitor;

// Owned by the Flow. [loop]
struct Client {
  static constexpr std::size_t kMostQueued = 256 * 1024;  // bytes

  Client(socketio::Socket& its_socket, Rights its_rights) : socket(&its_socket), rights(its_rights) {}

  // Much that was said to it still waits for it; more would only fill the memory.
  bool is_behind() const { return socket && socket->queued() > kMostQueued; }
  void emit(std::string_view json, net::Haste haste = net::Haste::kNow) const {
    if (socket) socket->emit_json(json, haste);
  }

  socketio::Socket* socket;  // null once it is gone
  const Rights rights;
  bool leaving = false;   // it will be forgotten at the end of the flow's turn
  std::size_t place = 0;  // among the flow's clients

  // As a user.
  Monitor* target = nullptr;
  std::size_t place_at_target = 0;   // in target->users
  std::vector<std::uint64_t> out{};  // numbers of its commands at the target, the answered for a while too
  bool at_house = false;             // its target is the house
  std::size_t asked = 0;             // commands that the house is at

  // As a monitor.
  Monitor* self = nullptr;
  bool is_device = false;        // of the house, which may command it
  Monitor* waits_for = nullptr;  // whose present connection has to prove that it lives
};

}  // namespace hearth::monitor

#endif
