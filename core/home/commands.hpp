// Commands: for each device and capability at most one in flight and one pending, a deadline each, one
// outcome each.
#ifndef HEARTH_CORE_HOME_COMMANDS_HPP
#define HEARTH_CORE_HOME_COMMANDS_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/bus/message.hpp"
#include "core/runtime/event_loop.hpp"
#include "hearth/messages.hpp"

namespace hearth::core {

// Has been judged before: device, capability and value are right. [home]
class Commands {
 public:
  // Of the message that asked: what the owner is told of it.
  struct Origin {
    std::uint64_t id = 0;
    std::uint64_t cause = 0;
    std::uint32_t source = 0;
  };
  // How a command ended; called exactly once for each submit.
  using Done = std::function<void(Outcome, std::string words)>;
  // Hands the command to the device's owner; why not, when that fails at once.
  using Launch = std::function<Status(std::uint32_t device, const Command&, const Origin&)>;

  static constexpr std::size_t kMostAskers = 1024;  // that wait for the same value

  Commands(EventLoop& loop, Launch launch) : loop_(loop), launch_(std::move(launch)) {}
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;
  ~Commands();

  void submit(std::uint32_t device, const Command& command, const Origin& origin, Done done);

  // The device of a command in flight; 0 if there is no such command (any more).
  std::uint32_t device_of(std::uint64_t id) const;
  // The owner's answer. False if there is no such command in flight (any more).
  bool answered(std::uint64_t id, hearth_status status, std::string_view words);

  // Its owner has gone: everything for the device ends as unreachable.
  void unreachable(std::uint32_t device, const std::string& words);

  std::size_t in_flight() const { return ids_.size(); }

 private:
  using Key = std::pair<std::uint32_t, std::string>;  // device, capability
  // One value to be brought about, and everybody who asked for it.
  struct Wish {
    Commands* commands;
    Key key;
    Origin origin;
    Command command;
    std::vector<Done> askers;
    hearth_handle deadline;
  };
  struct Lane {
    std::unique_ptr<Wish> in_flight, pending;
  };

  std::unique_ptr<Wish> make(const Key& key, const Command& command, const Origin& origin, Done done);
  void fly(Lane& lane, std::unique_ptr<Wish> wish);
  void expired(Wish& wish);
  void land(Lane& lane, Outcome outcome, const std::string& words);
  void next(const Key& key);
  void end(std::unique_ptr<Wish> wish, Outcome outcome, const std::string& words);

  EventLoop& loop_;
  const Launch launch_;
  std::map<Key, Lane> lanes_;
  std::unordered_map<std::uint64_t, Key> ids_;  // of those in flight
};

}  // namespace hearth::core

#endif
