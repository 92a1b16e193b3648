// Lights and relays on the lines of GPIO chips. All on the loop: a line is set in microseconds.
#include <map>
#include <memory>
#include <string>

#include "gpio_line.hpp"
#include "hearth/driver.hpp"
#include "light.hpp"
#include "plug_watch.hpp"

namespace gpio_led {
namespace {

class GpioLed : public hearth::Driver {
 public:
  using Driver::Driver;

  void start() override {
    for (auto& plan : light_plans(ctx.config)) {
      const auto id = plan.id;
      lights_[id] = std::make_unique<Light>(ctx, std::move(plan), *lines_, house_of(id));
    }
    plugs_ = std::make_unique<PlugWatch>(ctx.loop, lines_->folder(), [this] { return look(); });
    for (const auto& [id, light] : lights_) offer(*light);
  }

  void stop() override {
    plugs_.reset();
    for (const auto& [id, light] : lights_) light->close();
  }

  void begin_apply(const hearth::Command& command, hearth::Completion done) override {
    const auto value = lights_.at(command.device)->apply(command, done.cause());
    value ? done.ok(*value) : done.fail(value.error());
  }

  // Deleted ones are offered again to whoever looks for devices.
  void forgotten(const std::string& device) override { lights_.at(device)->close(); }
  void discover(std::function<void(hearth::Result<std::vector<hearth::FoundDevice>>)> done) override {
    for (const auto& [id, light] : lights_)
      if (!light->offered()) offer(*light);
    done(found());
  }

 private:
  Light::House house_of(const std::string& id) {
    return {[this, id](const std::string& capability, hearth::Value value, std::uint64_t cause) {
              report(id, capability, std::move(value), cause);
            },
            [this, id](bool is, const std::string& reason) {
              reachable(id, is, reason);
              if (!is) plugs_->look_later();
            }};
  }

  void offer(Light& light) {
    light.open();
    declare(light.device());
    light.begin();
    if (!light.is_open()) plugs_->look_later();
  }

  bool look() {
    bool all = true;
    for (const auto& [id, light] : lights_) all = light->look() && all;
    return all;
  }

  std::unique_ptr<hearth::drivers::GpioLines> lines_ = hearth::drivers::gpio_lines();
  std::map<std::string, std::unique_ptr<Light>> lights_;
  std::unique_ptr<PlugWatch> plugs_;
};

}  // namespace
}  // namespace gpio_led

HEARTH_PLUGIN(gpio_led::GpioLed)
