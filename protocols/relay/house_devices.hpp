// HouseDevices: the house's devices as targets of packets.
#ifndef HEARTH_RELAY_HOUSE_DEVICES_HPP
#define HEARTH_RELAY_HOUSE_DEVICES_HPP

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/orders.hpp"
#include "hearth/house.hpp"

namespace hearth::relay {

// But for the clients of this plugin, which are reached by their names. [loop]
class HouseDevices {
 public:
  // `own`: this plugin's id.
  HouseDevices(const House& house, std::string own, protocols::Orders::Command command)
      : house_(house), own_(std::move(own)), orders_(std::move(command)) {}
  HouseDevices(const HouseDevices&) = delete;
  HouseDevices& operator=(const HouseDevices&) = delete;

  // {"command":"on"|"off"|"toggle"|"set"|"get", capabilities...} for the device of that id or name. `done` is
  // called once with the answer's line, perhaps before this returns; not at all once this is gone.
  void run(std::string_view target, const std::string& payload, std::function<void(const std::string&)> done);

  // What the devices are called for clients: their names, or ids where those are missing or shared. In the
  // order of ids; until the house changes.
  std::vector<std::string_view> names() const;
  // {name, description, interface} of the one of that id or name.
  Result<boost::json::object> info(std::string_view target) const;
  // The id of a device that has this name or id, for whoever wants to be called so; empty: none.
  std::string_view holder(const std::string& name) const;

 private:
  const House& house_;
  const std::string own_;
  protocols::Orders orders_;
};

}  // namespace hearth::relay

#endif
