// The timer behind a rhythm.
#include "blinker.hpp"

#include <utility>

namespace gpio_led {

void Blinker::play(Rhythm rhythm) {
  timer_.reset();
  rhythm_ = std::move(rhythm);
  lit_ = rhythm_.lit;
  step_ = 0;
  if (rhythm_.times.empty()) return;
  due_ = loop_.steady() + rhythm_.times[0];
  timer_ = loop_.after(rhythm_.times[0], [this] { next(); });
}

// The timer is set before anybody is told: whoever is told may stop it.
void Blinker::next() {
  step_ = (step_ + 1) % rhythm_.times.size();
  lit_ = step_ % 2 == 0;
  const auto now = loop_.steady();
  due_ += rhythm_.times[step_];
  if (due_ <= now) due_ = now + rhythm_.times[step_];
  timer_ = loop_.after(due_ - now, [this] { next(); });
  turn_();
}

}  // namespace gpio_led
