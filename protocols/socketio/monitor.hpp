// Monitor: one monitor_id: who speaks for it, who is bound to it, and which commands it hasn't answered yet.
#ifndef HEARTH_MONITOR_MONITOR_HPP
#define HEARTH_MONITOR_MONITOR_HPP

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client.hpp"
#include "hearth/loop.hpp"

namespace hearth::monitor {

using Done = std::function<void(const Status&)>;

// The protocol gives a command no number: each `command done` or `command error` answers the oldest that is
// out. Commands are numbered here, so that what users wait for needs no list at the monitor. Lives while it
// is connected or somebody is bound to it; owned by the Flow. [loop]
struct Monitor {
  static constexpr std::size_t kMostOut = 256;  // commands without an answer
  // The document lets a monitor answer nothing at all. What it has kept to itself for so long counts as over.
  static constexpr Microseconds kPatience = std::chrono::seconds(30);

  explicit Monitor(std::string its_id) : id(std::move(its_id)) {}

  bool unused() const { return !client && !contender && users.empty(); }

  void bind(Client& user);
  void unbind(Client& user);

  // One that has ever answered isn't given more than kMostOut; with one that never does nobody waits.
  bool is_busy(Microseconds now);
  // A command goes to it; its number.
  std::uint64_t count_sent(Microseconds now);
  // It has answered the oldest one; to whom of the house, if it was the house's. An answer to nothing is
  // none.
  Done count_answer(Microseconds now);
  // Commands of `user` that are still out.
  std::size_t out_of(const Client& user) const;
  // Notes that `user` has sent number `n`.
  void note(Client& user, std::uint64_t n) const;
  // Ends what has been out for longer than kPatience.
  void give_up(Microseconds now);
  // Nothing is out any more; those of the house end so.
  void end_all(const Status& how);

  const std::string id;
  Client* client = nullptr;     // null: not connected
  Client* contender = nullptr;  // takes its place if it turns out to be dead
  std::uint64_t probe = 0;      // the running one; 0: none
  std::vector<Client*> users;

  std::uint64_t last_sent = 0, last_answered = 0;  // numbers
  Microseconds since{0};                           // nothing has been answered while something was out
  bool ever_answered = false;                      // by this connection
  struct Asked {
    std::uint64_t number;
    Done done;
  };
  std::vector<Asked> asked;  // by the house, oldest first
};

}  // namespace hearth::monitor

#endif
