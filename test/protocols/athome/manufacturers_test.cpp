// Names of makers and models, and the drivers behind them.
#include "protocols/athome/manufacturers.hpp"

#include <catch2/catch.hpp>

using hearth::athome::driver_of;

TEST_CASE("makers, models and the dummy lead to their drivers, in any case of letters") {
  const auto none = [](std::string_view) { return false; };
  CHECK(driver_of("TPLink", none) == "tplink");
  CHECK(driver_of("hs110", none) == "tplink");
  CHECK(driver_of("SmartBulb", none) == "tplink");
  CHECK(driver_of("MSL120", none) == "meross");
  CHECK(driver_of("x10-lamp", none) == "x10");
  CHECK(driver_of("dummy", none) == "simulated");
  CHECK_FALSE(driver_of("toaster", none));
  CHECK_FALSE(driver_of("", none));
}

TEST_CASE("a driver's own id will do") {
  CHECK(driver_of("GPIO_led", [](std::string_view id) { return id == "gpio_led"; }) == "gpio_led");
}
