// Light: one light: what it shows, whether its lines can be had, and what the house is told of both.
#ifndef HEARTH_DRIVERS_GPIO_LED_LIGHT_HPP
#define HEARTH_DRIVERS_GPIO_LED_LIGHT_HPP

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "blinker.hpp"
#include "hearth/devices.hpp"
#include "leds.hpp"
#include "light_plan.hpp"
#include "status_light.hpp"

namespace gpio_led {

// Everything: [loop].
class Light {
 public:
  // Whom it tells.
  struct House {
    std::function<void(const std::string& capability, hearth::Value value, std::uint64_t cause)> state;
    std::function<void(bool is, const std::string& reason)> reachable;
  };

  // `ctx` and `lines` outlive it.
  Light(hearth::Context& ctx, LightPlan plan, hearth::drivers::GpioLines& lines, House house);

  // Takes its lines. As it is then it can be declared.
  void open();
  hearth::Device device() const;
  // After it was declared: tells its states, and follows the status that it shows, if any.
  void begin();
  // Leaves the lines as configured, and lets go of them; forgets what it showed.
  void close();
  // Between begin and close.
  bool offered() const { return offered_; }
  bool is_open() const { return leds_.is_open(); }

  // Chips may have come or gone. Does it have all that it needs?
  bool look();

  // Carries out a command. The other capabilities that follow from it are told, the value of this one is
  // returned for telling.
  hearth::Result<hearth::Value> apply(const hearth::Command& command, std::uint64_t cause);

 private:
  hearth::Status want(const std::string& pattern, Channels colour);
  hearth::Status render();
  void play();
  hearth::Status paint();
  void show(std::string_view pattern, std::uint64_t cause);
  void lost(const std::string& words);
  std::map<std::string, hearth::Value> states() const;
  void tell_changes(std::uint64_t cause);

  hearth::Context& ctx_;
  const LightPlan plan_;
  const House house_;
  Leds leds_;
  Blinker blinker_;
  std::string pattern_, playing_;  // wanted; running on the blinker, empty: nothing
  Channels colour_;
  std::string reason_;                         // why its lines can't be had
  std::map<std::string, hearth::Value> told_;  // what the house was told last
  bool offered_ = false;
  std::unique_ptr<hearth::drivers::StatusLight> status_;
};

}  // namespace gpio_led

#endif
