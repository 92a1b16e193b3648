// PlugWatch: says when it is time to look for chips again: one was plugged in or out, or some are missing.
#ifndef HEARTH_DRIVERS_GPIO_LED_PLUG_WATCH_HPP
#define HEARTH_DRIVERS_GPIO_LED_PLUG_WATCH_HPP

#include <functional>
#include <string>

#include "hearth/loop.hpp"

namespace gpio_led {

// Everything: [loop].
class PlugWatch {
 public:
  // `look`: are all lines there? It is called when a chip's file in `folder` comes, goes or gets other
  // rights; and every 5 s after it has said no, or where the system can't watch folders.
  PlugWatch(const hearth::Loop& loop, const std::string& folder, std::function<bool()> look);
  PlugWatch(const PlugWatch&) = delete;
  PlugWatch& operator=(const PlugWatch&) = delete;
  ~PlugWatch();

  void look_now();
  // One is missing.
  void look_later();

 private:
  void read_changes();

  const hearth::Loop& loop_;
  const std::function<bool()> look_;
  int inotify_ = -1;
  hearth::Handle changes_, again_;
};

}  // namespace gpio_led

#endif
