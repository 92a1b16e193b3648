// ServerCommands: packets for the server itself.
#ifndef HEARTH_RELAY_SERVER_COMMANDS_HPP
#define HEARTH_RELAY_SERVER_COMMANDS_HPP

#include <boost/json/object.hpp>
#include <string>

#include "directory.hpp"
#include "house_devices.hpp"

namespace hearth::relay {

// [loop]
class ServerCommands {
 public:
  // `token`: what register needs; then nothing else works before it. Empty: nothing.
  ServerCommands(Directory& directory, const HouseDevices& house, std::string token)
      : directory_(directory), house_(house), token_(std::move(token)) {}

  // The answer's line. Without `command`, a payload with `device_name` registers (protocol.md, "Register").
  std::string run(Client& from, const std::string& payload);

 private:
  std::string get_devices(const boost::json::object& payload) const;
  std::string get_device_info(const boost::json::object& payload) const;
  std::string enter(Client& from, const boost::json::object& payload);
  bool knows_token(const boost::json::object& payload) const;

  Directory& directory_;
  const HouseDevices& house_;
  const std::string token_;
};

}  // namespace hearth::relay

#endif
