// Devices: every device of the house, what it can do, and for each capability what is wished and what is so.
#ifndef HEARTH_CORE_HOME_DEVICES_HPP
#define HEARTH_CORE_HOME_DEVICES_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/store/rows.hpp"
#include "hearth/messages.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

struct DeviceState {
  Value reported;  // none: nothing yet
  std::int64_t reported_us = 0;
  Value desired;
  std::int64_t desired_us = 0;
};

struct DeviceRecord {
  DeviceDeclared declared;  // as everyone sees it
  std::string plugin;       // who owns it
  bool wanted = false;      // somebody asked for it; its driver is told so at each start
  bool named = false;       // a person chose the name: it wins over the driver's
  std::map<std::string, DeviceState, std::less<>> states;
  store::DeviceRow saved;   // what the store was last given

  std::uint32_t number() const { return declared.number; }
  const std::string& id() const { return declared.device; }
  const Capability* find(std::string_view capability) const;
};

// The registry. Everything has been judged before it comes here. [home]
class Devices {
 public:
  // What the registry does to the world: rows to keep, facts to tell.
  struct Effects {
    std::function<void(DeviceRecord&)> changed;                   // keep it and declare it
    std::function<void(const DeviceRecord&)> removed;             // forget it and say so
    std::function<void(DeviceRecord&, const std::string& old_id)> renamed;  // it goes on under another id: say so
    std::function<void(const DeviceRecord&, const std::string& capability)> state;  // keep its state
  };
  static constexpr std::size_t kMaxDevices = 10'000;  // of one plugin

  explicit Devices(Effects effects) : effects_(std::move(effects)) {}

  // Everything that was known before, unreachable until its plugin declares it.
  void restore(const store::Snapshot& snapshot);

  // A driver declares a device of its own; tells the world if anything is new about it.
  Status declare(DeviceDeclared declared, const std::string& plugin);
  Status set_reachable(const DeviceReachable& report, const std::string& plugin);
  Status remove(const std::string& id, const std::string& plugin);
  // Its plugin has gone: all its devices are unreachable.
  void plugin_gone(const std::string& plugin, const std::string& reason);

  // A device as somebody wants it, known or not; its name and location become those asked for.
  DeviceRecord& want(const DeviceWanted& wanted, const std::string& id_if_known);

  // `device` turns out to be the one called `id`. If that is known already, the person's wish (name, location) moves to it and
  // `device` ends; else `device` goes on under `id`, with its number.
  void merge(DeviceRecord& device, const std::string& id);

  // A checked fact, and a checked wish.
  void report(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us);
  void wish(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us);

  DeviceRecord* find(std::string_view id);
  DeviceRecord* find(std::uint32_t number);
  const std::map<std::uint32_t, std::unique_ptr<DeviceRecord>>& all() const { return by_number_; }

 private:
  DeviceRecord& add(const std::string& id, const std::string& plugin);
  void erase(DeviceRecord& device);

  Effects effects_;
  std::map<std::uint32_t, std::unique_ptr<DeviceRecord>> by_number_;
  std::unordered_map<std::string, DeviceRecord*> by_id_;
  std::unordered_map<std::string, std::size_t> count_;  // by plugin
  std::uint32_t next_number_ = 1;
};

// Between records and rows of the store.
store::DeviceRow to_row(const DeviceRecord& device);
store::StateRow to_row(const DeviceRecord& device, const std::string& capability);

}  // namespace hearth::core

#endif
