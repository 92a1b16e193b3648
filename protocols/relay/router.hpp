// Router: where a packet goes: to the server itself, to another client, or to a device of the house.
#ifndef HEARTH_RELAY_ROUTER_HPP
#define HEARTH_RELAY_ROUTER_HPP

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "directory.hpp"
#include "house_devices.hpp"
#include "packet_reader.hpp"
#include "server_commands.hpp"

namespace hearth::relay {

// [loop]
class Router {
 public:
  // Runs a function at the end of the loop's turn.
  using Post = std::function<void(std::function<void()>)>;

  // Both outlive it.
  Router(Directory& directory, HouseDevices& house, std::string token, Post post);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // Answers it, or sees to it that it is answered.
  void route(Client& from, std::string_view packet);

  // A packet of the server's own, for one client. False: it doesn't read. The payload is compact JSON.
  enum class Sent : std::uint8_t { kYes, kUnknown, kTooLong, kFull };
  Sent send(std::string_view target, std::string_view payload);

  // What the client has to say leaves at the end of this turn.
  void flush_later(Client& client);

  Directory& directory() { return directory_; }

 private:
  void forward(Client& from, const std::string& target, const std::string& payload);
  void to_house(Client& from, const std::string& target, const std::string& payload);
  void answer_later(Client& from, std::string line);

  Directory& directory_;
  HouseDevices& house_;
  ServerCommands commands_;
  PacketReader reader_;
  const Post post_;
  const std::string server_head_;
  std::vector<std::weak_ptr<Client>> unflushed_;
};

}  // namespace hearth::relay

#endif
