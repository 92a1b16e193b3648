// Devices: every device of the house, what it can do, and for each capability what is wished and what is so.
#ifndef HEARTH_CORE_HOME_DEVICES_HPP
#define HEARTH_CORE_HOME_DEVICES_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
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
  std::uint64_t fact = 0;  // number of the standing StateChanged; 0: none yet
};

struct DeviceRecord {
  DeviceDeclared declared;    // as everyone sees it
  std::string plugin;         // who owns it
  bool wanted = false;        // somebody asked for it; its driver is told so at each start
  bool named = false;         // a person chose the name: it wins over the driver's
  bool declared_now = false;  // by its plugin, since that was started
  std::string former_id;      // the last one before `declared.device`; empty: none
  std::uint64_t fact = 0;     // number of the standing DeviceDeclared; 0: none yet
  std::map<std::string, DeviceState, std::less<>> states;
  store::DeviceRow saved;  // what the store was last given

  std::uint32_t number() const { return declared.number; }
  const std::string& id() const { return declared.device; }
  const Capability* find(std::string_view capability) const;
};

// The registry. Everything has been judged before it comes here. [home]
class Devices {
 public:
  // What the registry does to the world: rows to keep, facts to tell.
  struct Effects {
    std::function<void(DeviceRecord&)> changed;  // keep it and declare it
    std::function<void(DeviceRecord&)> removed;  // forget it and say so; it isn't found any more
    std::function<void(const DeviceRecord& from, const DeviceRecord& into)>
        merged;                                      // before `from` is removed
    std::function<void(const DeviceRecord&)> moved;  // it is about to be another one
    // Forget it, silently: another record goes on under its id.
    std::function<void(DeviceRecord&)> absorbed;
    std::function<void(DeviceRecord&, const std::string& old_id)>
        renamed;  // it goes on under another id: say so
    std::function<void(const DeviceRecord&, const std::string& capability)> state;  // keep its state
    std::function<void(const DeviceState&)> state_gone;         // the device can't have it any more
    std::function<void(const std::string& id)> turned_away;     // its driver shall forget it
    std::function<void(const std::string& id, bool)> unwanted;  // keep that nobody wants it, or not any more
  };
  static constexpr std::size_t kMaxDevices = 10'000;  // of one plugin
  static constexpr std::size_t kMaxInAll = 20'000;
  static constexpr std::size_t kMaxUnwanted = 20'000;
  static constexpr std::string_view kUnwantedKey = "unwanted/";  // of the store's settings, before the id

  explicit Devices(Effects effects) : effects_(std::move(effects)) {}

  // Everything that was known before, unreachable until its plugin declares it.
  void restore(const store::Snapshot& snapshot);

  // A driver declares a device of its own; tells the world if anything is new about it.
  Status declare(DeviceDeclared declared, const std::string& plugin);
  Status set_reachable(const DeviceReachable& report, const std::string& plugin);
  Status remove(const std::string& id, const std::string& plugin);
  // A person has no use for it: it stays away though its driver may go on offering it, until it is wanted
  // again, or welcome() lets all of the driver's back in.
  void unwant(DeviceRecord& device);
  void welcome(const std::string& driver);
  // For so long, what is declared at that address is let in, wanted or not. Steady clock.
  void expect(const DeviceWanted& wanted, std::int64_t until_us);
  bool is_unwanted(std::string_view id) const { return unwanted_.contains(id); }
  // Its plugin runs, or has gone: the devices that it hasn't declared, or all, are unreachable for that
  // reason.
  void plugin_started(const std::string& plugin);
  void plugin_gone(const std::string& plugin, const std::string& reason);

  // A device as somebody wants it, known or not; its name and location become those asked for. With an id,
  // which is its driver's own, it is that device. Without, it is what the driver has at the address, or one
  // to be found yet. A new one gets the number `wish`, if that is free and not 0. kBusy: too many.
  Result<DeviceRecord*> want(const DeviceWanted& wanted, const std::string& id_if_known,
                             std::uint32_t wish = 0);
  // For so many more of the plugin, and `in_all` of all plugins together.
  bool has_room_for(const std::string& plugin, std::size_t more, std::size_t in_all) const;

  // The person's device shall be another one: what is at wanted.address, with the driver's id for it if that
  // is known. It keeps its number; one that had that id ends, and its groups and programs get this one.
  void move(DeviceRecord& device, const DeviceWanted& wanted, const std::string& id_if_known);
  // What is at wanted.address, or has it as its own id; null: nothing known.
  DeviceRecord* at_address(const DeviceWanted& wanted);
  // It was only announced, and nothing came of it.
  void drop(DeviceRecord& device) { erase(device); }
  // Is that the device as it is?
  static bool is_at(const DeviceRecord& device, const DeviceWanted& wanted);

  // `device` turns out to be the one called `id`. If that is known already, the person's wish (name,
  // location) moves to it and `device` ends; else `device` goes on under `id`, with its number.
  void merge(DeviceRecord& device, const std::string& id);

  // A checked fact, and a checked wish.
  void report(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us);
  void wish(DeviceRecord& device, const std::string& capability, const Value& value, std::int64_t time_us);

  DeviceRecord* find(std::string_view id);
  DeviceRecord* find(std::uint32_t number);
  // By the id it has or the one it had last: what a driver says of a command that it got before.
  DeviceRecord* find_reported(std::string_view id);
  const std::map<std::uint32_t, std::unique_ptr<DeviceRecord>>& all() const { return by_number_; }

 private:
  Status may_add(const std::string& plugin) const;
  DeviceRecord& add(const std::string& id, const std::string& plugin, std::uint32_t wish = 0);
  void adopt(DeviceRecord& device, DeviceDeclared declared, bool fresh);
  void drop_impossible_states(DeviceRecord& device);
  void erase(DeviceRecord& device, bool silently = false);
  void set_former(DeviceRecord& device, const std::string& id);
  bool is_expected(const std::string& provisional) const;
  bool stays_away(const DeviceDeclared& declared, const std::string& plugin);
  DeviceRecord* wish_for(const DeviceDeclared& declared, const std::string& plugin);
  void want_again(const std::string& id);
  static void rename(DeviceRecord& device, const DeviceWanted& wanted);
  void drop_states(DeviceRecord& device);
  void take_place(DeviceRecord& device, DeviceRecord& other);
  void restore(const store::DeviceRow& row);
  void restore(const store::StateRow& row);

  Effects effects_;
  std::map<std::uint32_t, std::unique_ptr<DeviceRecord>> by_number_;
  std::unordered_map<std::string, DeviceRecord*> by_id_;
  std::unordered_map<std::string, std::uint32_t> by_former_id_;  // numbers
  std::unordered_map<std::string, std::size_t> count_;           // by plugin
  std::set<std::string, std::less<>> unwanted_;                  // ids
  std::map<std::string, std::int64_t> expected_;                 // made of driver and address; until when
  std::uint32_t next_number_ = 1;
};

// Somebody asked for it and its driver hasn't said yet which device it is: its id is made of the address.
bool is_provisional(const DeviceRecord& device);

// The id without its plugin.
std::string_view native_id(const DeviceRecord& device);

// Between records and rows of the store.
store::DeviceRow to_row(const DeviceRecord& device);
store::StateRow to_row(const DeviceRecord& device, const std::string& capability);

}  // namespace hearth::core

#endif
