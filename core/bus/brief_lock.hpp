// BriefLock: a lock for a few instructions: taken with one atomic exchange, given back with a plain store.
#ifndef HEARTH_CORE_BUS_BRIEF_LOCK_HPP
#define HEARTH_CORE_BUS_BRIEF_LOCK_HPP

#include <atomic>
#include <thread>

namespace hearth::core {

// Half the price of a std::mutex, which matters where one publisher takes dozens in a row. Whoever finds it
// taken gives the processor away until it is free, so nothing that blocks may be done under it.
class BriefLock {
 public:
  void lock() noexcept {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      for (int looks = 0; taken_.load(std::memory_order_relaxed); ++looks)
        if (looks >= kLooks) std::this_thread::yield();
    }
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  static constexpr int kLooks = 64;
  std::atomic<bool> taken_{false};
};

}  // namespace hearth::core

#endif
