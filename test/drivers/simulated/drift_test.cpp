// Drift: same arguments, same readings; and they stay in range and move.
#include "drivers/simulated/drift.hpp"

#include <catch2/catch.hpp>

using simulated::Drift;

TEST_CASE("two drifts of the same id agree at all times") {
  const Drift one("weather"), other("weather");
  for (double t = 0; t < 100000; t += 977) {
    CHECK(one.temperature(t) == other.temperature(t));
    CHECK(one.humidity(t) == other.humidity(t));
    CHECK(one.motion(t) == other.motion(t));
    CHECK(one.contact(t) == other.contact(t));
    CHECK(one.battery(t) == other.battery(t));
    CHECK(one.voltage(t) == other.voltage(t));
  }
}

TEST_CASE("readings stay in their range") {
  for (const auto* id : {"a", "weather", "Wetter draußen", ""}) {
    const Drift drift(id);
    CHECK(drift.load() >= 5);
    CHECK(drift.load() <= 105);
    for (double t = 0; t < 3e6; t += 7919) {
      CHECK((drift.temperature(t) >= 14.9 && drift.temperature(t) <= 27.1));
      CHECK((drift.humidity(t) >= 29.9 && drift.humidity(t) <= 70.1));
      CHECK((drift.battery(t) >= 10 && drift.battery(t) <= 100));
      CHECK((drift.voltage(t) >= 225 && drift.voltage(t) <= 235));
    }
  }
}

TEST_CASE("motion comes and goes") {
  const Drift drift("hall");
  int moving = 0;
  for (int span = 0; span < 1000; ++span) moving += drift.motion(span * 20.0 + 1);
  CHECK(moving > 60);
  CHECK(moving < 200);
}

TEST_CASE("the chances of a device spread evenly over 0 to 1") {
  const Drift drift("moody");
  int low = 0;
  for (std::uint64_t n = 0; n < 10000; ++n) {
    const double chance = drift.chance(n);
    REQUIRE(chance >= 0);
    REQUIRE(chance < 1);
    low += chance < 0.3;
  }
  CHECK(low > 2800);
  CHECK(low < 3200);
}
