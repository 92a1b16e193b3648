// House: the driver with chips that aren't there, and the clock of both.
#ifndef HEARTH_TEST_DRIVERS_GPIO_LED_HOUSE_HPP
#define HEARTH_TEST_DRIVERS_GPIO_LED_HOUSE_HPP

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "test/drivers/common/clocked_run.hpp"
#include "test/drivers/common/fake_gpio.hpp"

namespace hearth::test {

// The keys of one [[plugin.gpio_led.device]].
using Keys = std::vector<std::pair<std::string, std::variant<std::string, int, bool>>>;

inline ClockedRun::Fill configuration(const std::vector<Keys>& devices) {
  return [=](flexbuffers::Builder& b) {
    b.Vector("device", [&] {
      for (const auto& keys : devices)
        b.Map([&] {
          for (const auto& [key, value] : keys) {
            if (const auto* text = std::get_if<std::string>(&value)) b.String(key.c_str(), *text);
            if (const auto* number = std::get_if<int>(&value)) b.Int(key.c_str(), *number);
            if (const auto* flag = std::get_if<bool>(&value)) b.Bool(key.c_str(), *flag);
          }
        });
    });
  };
}

struct House {
  FakeGpio gpio;
  std::unique_ptr<ClockedRun> run;

  // gpiochip0 "leds": a line without a name, red, green, blue, and four more.
  House() { gpio.plug(0, "leds", {"", "red", "green", "blue", "", "", "", ""}); }
  void start(const std::vector<Keys>& devices) {
    run = std::make_unique<ClockedRun>("gpio_led", configuration(devices));
    gpio.clock = [this] { return run->now(); };
  }

  hearth_status command(const std::string& device, const std::string& capability, Value value) const {
    return run->command("gpio_led:" + device, capability, std::move(value)).status;
  }
  const ClockedRun::Shown& shown(const std::string& device) const { return run->shown("gpio_led:" + device); }
  Value state(const std::string& device, const std::string& capability) const {
    const auto& states = shown(device).states;
    const auto found = states.find(capability);
    return found == states.end() ? Value() : found->second;
  }
  bool high(unsigned offset) { return gpio.line(0, offset).high; }
  // When it became high or low since the last call, in milliseconds from `start_us`.
  std::vector<std::pair<std::int64_t, bool>> edges(unsigned offset, std::int64_t start_us) {
    auto all = std::exchange(gpio.line(0, offset).edges, {});
    for (auto& [time, is_high] : all) time = (time - start_us) / 1000;
    return all;
  }
};

}  // namespace hearth::test

#endif
