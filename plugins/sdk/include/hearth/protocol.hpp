// Protocol: the base of a plugin that clients speak to. It sees the house as a House and sends it commands.
#ifndef HEARTH_PROTOCOL_HPP
#define HEARTH_PROTOCOL_HPP

#include "hearth/house.hpp"
#include "hearth/plugin.hpp"

namespace hearth {

class Protocol : public Plugin {
 public:
  using Plugin::Plugin;

  // Asks for `value` and calls `done` with what came of it, exactly once; not if the handle is dropped
  // before. Clients are shown facts: the new state comes through the House, not from here. It has `time` to
  // be done, 1 ms to 60 s.
  [[nodiscard]] Handle command(std::string device, std::string capability, Value value,
                               std::function<void(const CommandDone&)> done, std::uint64_t cause = 0,
                               std::chrono::milliseconds time = std::chrono::seconds(8)) {
    Command wish{std::move(device), std::move(capability), std::move(value),
                 static_cast<std::uint32_t>(time.count())};
    // Home keeps the deadline; the request outlasts it by a second, so that home's word arrives.
    const auto patience = std::chrono::milliseconds(wish.deadline_ms) + std::chrono::seconds(1);
    return ctx.bus.request<CommandDone>(
        wish, patience,
        [done = std::move(done), device = wish.device,
         capability = wish.capability](Result<CommandDone> answer) {
          done(answer.ok()
                   ? *answer
                   : CommandDone{device, capability, outcome(answer.error().code), answer.error().words});
        },
        cause);
  }

 private:
  static Outcome outcome(ErrorCode code) {
    switch (code) {
      case ErrorCode::kTimeout: return Outcome::kTimeout;
      case ErrorCode::kBusy: return Outcome::kBusy;
      case ErrorCode::kUnreachable: return Outcome::kUnreachable;
      case ErrorCode::kSuperseded: return Outcome::kSuperseded;
      default: return Outcome::kError;
    }
  }
};

}  // namespace hearth

#endif
