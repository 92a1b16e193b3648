// StatePush: tells the server of devices that have changed.
#ifndef HEARTH_INTERLOCK_STATE_PUSH_HPP
#define HEARTH_INTERLOCK_STATE_PUSH_HPP

#include <functional>
#include <map>
#include <set>
#include <string>

#include "common/find_device.hpp"
#include "remote.hpp"

namespace hearth::interlock {

// {"t":"MSG","mt":"state","m":{"id","i","name","reachable","states"}}, once for all changes of a device
// within 20 ms. Nothing of what was known when the connection began. A server that doesn't read is told
// later, of the last state only. [loop]
class StatePush {
 public:
  // As World::after().
  using After = std::function<net::Attempt(Microseconds delay, std::function<void()> fire)>;
  static constexpr Microseconds kTogether = std::chrono::milliseconds(20);
  static constexpr Microseconds kLater = std::chrono::milliseconds(200);
  static constexpr std::size_t kMostQueued = 256 * 1024;  // bytes that wait for the server

  StatePush(const protocols::DeviceMap& devices, After after) : devices_(devices), after_(std::move(after)) {}
  StatePush(const StatePush&) = delete;
  StatePush& operator=(const StatePush&) = delete;

  // A connection stands, which lives until end().
  void begin(Remote& remote);
  void end();
  // Of the House; nothing happens while there is no connection.
  void changed(const std::string& device);

 private:
  void flush();

  const protocols::DeviceMap& devices_;
  const After after_;
  Remote* remote_ = nullptr;
  std::map<std::string, std::size_t> known_;  // a hash of what the server knows of each
  std::set<std::string> changed_;
  net::Attempt timer_;
};

}  // namespace hearth::interlock

#endif
