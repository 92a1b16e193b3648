// LoopGate: the way from other threads to a plugin's loop that is shut before the loop ends.
#ifndef HEARTH_CORE_CONTROL_LOOP_GATE_HPP
#define HEARTH_CORE_CONTROL_LOOP_GATE_HPP

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "hearth/loop.hpp"

namespace hearth::core {

// Whoever owes the plugin something holds the gate, and may outlive the plugin.
class LoopGate {
 public:
  explicit LoopGate(const Loop& loop) : loop_(loop) {}

  // Runs `task` on the loop; drops it once the gate is closed. [any]
  void post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (loop_) loop_->post(std::move(task));
  }

  // When it returns nobody is posting, and nobody will. [loop]
  void close() {
    const std::lock_guard lock(mutex_);
    loop_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<Loop> loop_;
};

}  // namespace hearth::core

#endif
