// Relay: the plugin: a listener, the clients in their directory, and a mirror of the house.
#ifndef HEARTH_RELAY_RELAY_HPP
#define HEARTH_RELAY_RELAY_HPP

#include <memory>

#include "common/client_devices.hpp"
#include "directory.hpp"
#include "hearth/net/listener.hpp"
#include "hearth/protocol.hpp"
#include "router.hpp"

namespace hearth::relay {

class Relay : public Protocol {
 public:
  explicit Relay(Context& context);
  void start() override;
  void stop() override;

 private:
  Directory::Hooks hooks();
  void came(const Card& card);
  std::string payload_of(const std::string& text);
  void apply(const Command& command, Completion done);

  net::Io io_;
  House house_;
  HouseDevices targets_;
  protocols::ClientDevices devices_;
  Directory directory_;
  Router router_;
  PacketReader reader_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace hearth::relay

#endif
