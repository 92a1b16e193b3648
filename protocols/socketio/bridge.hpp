// Bridge: this house as a monitor: commands in words, carried out over the bus.
#ifndef HEARTH_MONITOR_BRIDGE_HPP
#define HEARTH_MONITOR_BRIDGE_HPP

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

#include "command_line.hpp"

namespace hearth::monitor {

class Bridge {
 public:
  using Answer = std::function<void(Result<boost::json::object>)>;
  // Bytes of a status, about; a larger one would end the connection of a client that polls.
  static constexpr std::size_t kMostStatus = 512 * 1024;

  Bridge(const DeviceMap& devices, protocols::Orders::Command command)
      : devices_(devices), orders_(std::move(command)) {}
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  // `answer` is called once: with an empty object when the devices have done it, with what was asked for, or
  // with words why not. Not at all once the bridge is gone. [loop]
  void run(std::string_view text, Answer answer);

 private:
  Result<boost::json::object> status(const House::Device* only) const;

  const DeviceMap& devices_;
  protocols::Orders orders_;
};

}  // namespace hearth::monitor

#endif
