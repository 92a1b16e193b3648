// Taking and setting the lines of a light.
#include "leds.hpp"

namespace gpio_led {

hearth::Status Leds::open(Channels lit) {
  close();
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    wanted_[i].on = (lit >> i & 1U) != 0;
    auto line = from_.request(wanted_[i]);
    if (!line) {
      close();
      return line.error();
    }
    lines_.push_back(*std::move(line));
  }
  return {};
}

hearth::Status Leds::set(Channels lit) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    auto done = lines_[i]->set((lit >> i & 1U) != 0);
    if (done) continue;
    close();
    return done;
  }
  return {};
}

}  // namespace gpio_led
