// Machine: switches this machine off or starts it again, by the commands of the configuration.
#ifndef HEARTH_INTERLOCK_MACHINE_HPP
#define HEARTH_INTERLOCK_MACHINE_HPP

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/log.hpp"
#include "hearth/loop.hpp"
#include "hearth/net/fd.hpp"

namespace hearth::interlock {

// Runs one command at a time. What waits when this goes isn't run; what runs goes on by itself. [loop]
class Machine {
 public:
  // Each is a program, looked for in PATH, and its arguments; empty: not allowed.
  struct Commands {
    std::vector<std::string> shutdown, restart;
  };

  Machine(const Loop& loop, const Log& log, Commands commands)
      : loop_(loop), log_(log), commands_(std::move(commands)) {}
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // "shutdown" or "restart", in any capitals: its command is started `delay` after this, never from inside
  // it; instead of one that still waits. kDenied: no command is configured, or this process may start none;
  // kBusy: one runs; kInvalid: another verb. In words for the client.
  Status order(std::string_view verb, std::chrono::milliseconds delay);

 private:
  void run(const std::vector<std::string>& command);
  void watch(int process);
  void ended(int process);

  const Loop& loop_;
  const Log& log_;
  const Commands commands_;
  Handle waiting_;
  net::Fd process_;  // the one that runs
  Handle watch_;
};

}  // namespace hearth::interlock

#endif
