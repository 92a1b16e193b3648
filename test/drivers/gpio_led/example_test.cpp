// What is shown to people is right: the example fits the schema, and the page for authors shows the driver.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "core/config/flexbuffer.hpp"
#include "core/config/load.hpp"
#include "core/config/plugin_settings.hpp"
#include "drivers/gpio_led/light_plan.hpp"

using gpio_led::AtExit;

namespace {

const std::string kDriver = ROOT "/drivers/gpio_led/";

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

hearth::Config configured(const std::string& toml) {
  const auto loaded = hearth::config::load(toml);
  REQUIRE(loaded.ok());
  const auto settings = hearth::config::validate_plugin(loaded.value().section("gpio_led"),
                                                        content(kDriver + "config.schema.json"));
  REQUIRE(settings.ok());
  const auto bytes = hearth::config::to_flexbuffer(*settings.value());
  return hearth::Config(hearth_bytes{bytes.data(), bytes.size()});
}

}  // namespace

TEST_CASE("the example fits the schema, and means what its comments say") {
  const auto plans = gpio_led::light_plans(configured(kDriver + "example.toml"));
  REQUIRE(plans.size() == 5);
  CHECK(plans[0].lines[0].chip == "0");
  CHECK(plans[0].lines[0].line == "17");
  CHECK(plans[1].lines[0].active_low);
  CHECK(plans[1].lines[0].drive == hearth::drivers::GpioDrive::kOpenDrain);
  CHECK(plans[1].at_exit == AtExit::kKeep);
  CHECK(plans[0].at_exit == AtExit::kOff);
  CHECK(plans[2].shows == "plugins");
  CHECK_FALSE(plans[2].shows_class);
  CHECK(plans[3].lines[0].chip.empty());
  CHECK(plans[3].shows_class == hearth::StatusClass::kError);
  CHECK(plans[4].lines.size() == 3);
  CHECK(plans[4].on == std::chrono::milliseconds(50));
}

TEST_CASE("the page for authors shows the driver as it is") {
  const auto driver = content(kDriver + "gpio_led.cpp");
  REQUIRE_FALSE(driver.empty());
  CHECK(content(ROOT "/docs/plugin-author.md").find("```cpp\n" + driver + "```") != std::string::npos);
}
