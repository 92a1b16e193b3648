// Blinker: plays a rhythm on the loop: one timer while it blinks, none while it is steady.
#ifndef HEARTH_DRIVERS_GPIO_LED_BLINKER_HPP
#define HEARTH_DRIVERS_GPIO_LED_BLINKER_HPP

#include <functional>

#include "hearth/loop.hpp"
#include "patterns.hpp"

namespace gpio_led {

// Everything: [loop].
class Blinker {
 public:
  // `turn`: lit() is another than before. Not called by play().
  Blinker(const hearth::Loop& loop, std::function<void()> turn) : loop_(loop), turn_(std::move(turn)) {}

  // From its beginning. Each time counts from when the last one was to end, so it doesn't drift; after a gap,
  // such as a suspend, it goes on from where it is, and doesn't make up for what it missed.
  void play(Rhythm rhythm);
  void stop() { timer_.reset(); }

  bool lit() const { return lit_; }

 private:
  void next();

  const hearth::Loop& loop_;
  const std::function<void()> turn_;
  Rhythm rhythm_;
  bool lit_ = false;
  std::size_t step_ = 0;
  hearth::Microseconds due_{0};
  hearth::Handle timer_;
};

}  // namespace gpio_led

#endif
