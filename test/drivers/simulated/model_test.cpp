// Model: what each kind of simulated device can do and shows.
#include "drivers/simulated/model.hpp"

#include <catch2/catch.hpp>

using hearth::Value;
using simulated::Kind;
using simulated::Model;

TEST_CASE("every word for a kind is known, others are none") {
  for (const auto* word : {"light", "dimmer", "color", "plug", "sensor"}) CHECK(simulated::kind_of(word));
  CHECK_FALSE(simulated::kind_of("toaster"));
  CHECK_FALSE(simulated::kind_of(""));
}

TEST_CASE("each kind shows a value for every capability that it offers") {
  for (const auto kind : {Kind::kLight, Kind::kDimmer, Kind::kColor, Kind::kPlug, Kind::kSensor}) {
    Model model("x", kind);
    const auto shown = model.changes(0);
    CHECK(shown.size() == model.capabilities().size());
    for (const auto& capability : model.capabilities()) {
      INFO(capability.name);
      REQUIRE(shown.contains(capability.name));
      CHECK(hearth::type_of(shown.at(capability.name)) == capability.type);
    }
  }
}

TEST_CASE("a colour light takes 2500 to 9000 K") {
  for (const auto& capability : Model("x", Kind::kColor).capabilities()) {
    if (capability.name != "color_temperature") continue;
    CHECK(capability.min == 2500);
    CHECK(capability.max == 9000);
  }
}

TEST_CASE("nothing is shown twice") {
  Model model("x", Kind::kDimmer);
  CHECK(model.changes(0).size() == 2);
  CHECK(model.changes(1).empty());
}

TEST_CASE("the value of a command is left to whoever gave it, its consequences are shown") {
  Model model("kettle", Kind::kPlug);
  model.changes(0);
  model.set("on_off", true, 0);
  const auto changed = model.changes(0);
  CHECK_FALSE(changed.contains("on_off"));
  REQUIRE(changed.contains("power"));
  CHECK(std::get<double>(changed.at("power")) > 0);
  CHECK(changed.contains("current"));
}

TEST_CASE("a plug's energy is the integral of its power") {
  Model model("kettle", Kind::kPlug);
  model.changes(0);
  model.set("on_off", true, 100);
  const auto power = std::get<double>(model.changes(100).at("power"));
  model.set("on_off", false, 100 + 1800);
  const auto after = model.changes(4000);
  CHECK(std::get<double>(after.at("energy")) == Approx(power / 2).margin(0.001));
  CHECK(std::get<double>(after.at("power")) == 0);
}

TEST_CASE("a clock that stands or goes back costs no energy") {
  Model model("kettle", Kind::kPlug);
  model.set("on_off", true, 1000);
  model.changes(1000);
  const auto changed = model.changes(500);
  CHECK_FALSE(changed.contains("energy"));
}

TEST_CASE(
    "no command fails at rate 0, every one at rate 1, and the sequence in between is the same each time") {
  Model never("a", Kind::kLight), always("a", Kind::kLight), one("b", Kind::kLight), other("b", Kind::kLight);
  int failed = 0;
  for (int n = 0; n < 200; ++n) {
    CHECK_FALSE(never.next_fails(0));
    CHECK(always.next_fails(1));
    const bool fails = one.next_fails(0.5);
    CHECK(other.next_fails(0.5) == fails);
    failed += fails;
  }
  CHECK(failed > 60);
  CHECK(failed < 140);
}

TEST_CASE("a lamp with a pattern is on while that isn't dark, and steady when it is switched on") {
  Model model("x", Kind::kDimmer, true);
  CHECK(model.capabilities().back().name == "pattern");
  CHECK(model.changes(0).at("pattern") == Value(std::string("none")));
  model.show("fast");
  auto changed = model.changes(0);
  CHECK(changed.at("pattern") == Value(std::string("fast")));
  CHECK(changed.at("on_off") == Value(true));
  model.set("on_off", false, 0);
  CHECK(model.changes(0).at("pattern") == Value(std::string("none")));
  model.set("on_off", true, 0);
  CHECK(model.changes(0).at("pattern") == Value(std::string("steady")));
  model.set("pattern", std::string("none"), 0);
  CHECK(model.changes(0).at("on_off") == Value(false));
  CHECK(Model("x", Kind::kDimmer).changes(0).count("pattern") == 0);
}
