// Light-emitting diodes that are files: one device for each [[plugin.leds.led]], '1' in its file when it
// shines.
#include <fstream>
#include <hearth/driver.hpp>
#include <map>
#include <stdexcept>

namespace {

class Led {
 public:
  Led(std::string file, bool inverted) : file_(std::move(file)), inverted_(inverted) {}

  void shine(bool on) const {
    std::ofstream file(file_);
    file << (on != inverted_ ? '1' : '0');
    if (!file.flush()) throw std::runtime_error("cannot write " + file_);
  }

 private:
  std::string file_;
  bool inverted_;
};

class Leds : public hearth::Driver {
 public:
  explicit Leds(hearth::Context& context) : Driver(context) {
    for (const auto& led : ctx.config.tables("led"))
      leds_.emplace(led.text("id"), Led(led.text("file"), led.flag("inverted")));
  }

  std::vector<hearth::Device> devices() override {
    std::vector<hearth::Device> all;
    for (const auto& [id, led] : leds_) all.push_back({id, "LED " + id, {"on_off"}});
    return all;
  }

  hearth::Value apply(const hearth::Command& command) override {
    leds_.at(command.device).shine(std::get<bool>(command.value));
    return command.value;
  }

 private:
  std::map<std::string, Led> leds_;
};

}  // namespace

HEARTH_PLUGIN(Leds)
