// ClientDevices: connected clients as devices of the house, which commands them like any other.
#ifndef HEARTH_PROTOCOLS_CLIENT_DEVICES_HPP
#define HEARTH_PROTOCOLS_CLIENT_DEVICES_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "hearth/devices.hpp"
#include "hearth/house.hpp"
#include "seldom.hpp"

namespace hearth::protocols {

// Clients make up their own names, so their number is bounded: of those that are away the longest gone makes
// room, unless somebody in the house has a use for it. One that goes stays a device, out of reach, so that
// programs and groups keep it. [loop]
class ClientDevices {
 public:
  static constexpr std::size_t kMost = 1024;    // further clients work, but are no devices
  static constexpr std::size_t kMostAway = 64;  // that nobody has a use for
  // Those of earlier runs have so long to come back.
  static constexpr Microseconds kReturn = std::chrono::minutes(10);

  struct Kind {
    std::string noun;  // "monitor"; for the log
    // The device's name, until somebody gives it another.
    std::function<std::string(const std::string& id)> name_of;
    Devices::Apply apply;
  };

  ClientDevices(Context& ctx, const House& house, Kind kind)
      : ctx_(ctx), house_(house), kind_(std::move(kind)), devices_(ctx) {}
  ClientDevices(const ClientDevices&) = delete;
  ClientDevices& operator=(const ClientDevices&) = delete;

  // In start and stop.
  void begin();
  void end() { devices_.end(); }
  // Learns which ones earlier runs have left. Once, when the house is known and before the first client.
  void recall();

  // The client is here; all but its id and name is taken from `device`. False if it can't be one: its id is
  // no native id, another device is called so, or there are kMost. The log says why.
  bool came(Device device);
  // A fact of one that came.
  void report(const std::string& id, const std::string& capability, Value value);
  // It is gone; `why` is the device's reason.
  void went(const std::string& id, const std::string& why);

 private:
  struct Known {
    std::uint64_t away = 0;  // its place among those that are; 0: it is here
    bool commanded = false;  // in this run
  };

  std::string objection(const std::string& id) const;
  void make_room();
  void withdraw(const std::string& id);
  void forget(const std::string& id);

  Context& ctx_;
  const House& house_;
  const Kind kind_;
  Devices devices_;
  std::map<std::string, Known> known_;          // by native id; of this run and of earlier ones
  std::map<std::uint64_t, std::string> away_;   // the longest gone first
  std::uint64_t last_ = 0, last_recalled_ = 0;  // places
  Microseconds begun_{0};
  Seldom refused_;
};

// May it be a device's native id? `id` is UTF-8.
bool is_native_id(std::string_view id);

}  // namespace hearth::protocols

#endif
