// Patterns on a clock that the test moves: edges at exact times, and no more reports or timers than needed.
#include <catch2/catch.hpp>

#include "test/drivers/gpio_led/house.hpp"

using hearth::StatusChanged;
using hearth::StatusClass;
using hearth::Value;
using hearth::test::House;
using hearth::test::Keys;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

namespace {

using Edges = std::vector<std::pair<std::int64_t, bool>>;

Value text(const char* words) { return std::string(words); }

const Keys kDesk = {{"id", "desk"}, {"chip", "leds"}, {"line", 0}, {"on_ms", 30}, {"off_ms", 270}};

struct Blinking : House {
  Blinking() { start({kDesk}); }
  // Starts it now.
  void play(const char* pattern) {
    begun = run->now();
    REQUIRE(command("desk", "pattern", text(pattern)) == HEARTH_OK);
  }
  Edges edges() { return House::edges(0, begun); }

  std::int64_t begun = 0;
};

}  // namespace

TEST_CASE("each pattern has its edges at its times") {
  const std::vector<std::pair<const char*, Edges>> patterns = {
      {"blink", {{0, true}, {500, false}, {1000, true}, {1500, false}, {2000, true}}},
      {"slow", {{0, true}, {1000, false}, {2000, true}}},
      {"double",
       {{0, true},
        {150, false},
        {300, true},
        {450, false},
        {1500, true},
        {1650, false},
        {1800, true},
        {1950, false}}},
      {"heartbeat",
       {{0, true},
        {70, false},
        {280, true},
        {350, false},
        {1200, true},
        {1270, false},
        {1480, true},
        {1550, false}}},
      {"custom",
       {{0, true},
        {30, false},
        {300, true},
        {330, false},
        {600, true},
        {630, false},
        {900, true},
        {930, false},
        {1200, true},
        {1230, false},
        {1500, true},
        {1530, false},
        {1800, true},
        {1830, false}}},
      {"steady", {{0, true}}},
  };
  for (const auto& [name, expected] : patterns) {
    Blinking light;
    light.play(name);
    light.run->advance(2050ms);
    CAPTURE(name);
    CHECK(light.edges() == expected);
  }
}

TEST_CASE("a pattern turns the light on, none turns it off, and off and on end it") {
  Blinking light;
  light.play("fast");
  CHECK(light.state("desk", "on_off") == Value(true));
  light.play("none");
  CHECK(light.state("desk", "on_off") == Value(false));
  CHECK_FALSE(light.high(0));
  light.play("slow");
  CHECK(light.command("desk", "on_off", false) == HEARTH_OK);
  CHECK(light.state("desk", "pattern") == text("none"));
  CHECK(light.run->timers() == 0);
  light.play("slow");
  light.run->advance(1500ms);
  CHECK_FALSE(light.high(0));
  CHECK(light.command("desk", "on_off", true) == HEARTH_OK);
  CHECK(light.state("desk", "pattern") == text("steady"));
  CHECK(light.high(0));
  CHECK(light.run->timers() == 0);
}

TEST_CASE("an unknown pattern is refused with the list, and what runs goes on") {
  Blinking light;
  light.play("blink");
  const auto answer = light.run->command("gpio_led:desk", "pattern", text("disco"));
  CHECK(answer.status == HEARTH_INVALID);
  CHECK(answer.words ==
        "no such pattern; there are none, steady, blink, slow, fast, double, heartbeat, custom");
  CHECK(light.state("desk", "pattern") == text("blink"));
  light.run->advance(500ms);
  CHECK(light.edges() == Edges{{0, true}, {500, false}});
}

TEST_CASE("a blinking light has one timer, reports nothing and sets its line once an edge") {
  Blinking light;
  light.play("blink");
  const auto reports = light.shown("desk").reports.size();
  const auto sets = light.gpio.line(0, 0).sets;
  light.run->advance(10s);
  CHECK(light.run->timers() == 1);
  CHECK(light.shown("desk").reports.size() == reports);
  CHECK(light.gpio.line(0, 0).sets == sets + 20);
}

TEST_CASE("a pattern that is asked for again goes on where it is") {
  Blinking light;
  light.play("blink");
  light.run->advance(300ms);
  CHECK(light.command("desk", "pattern", text("blink")) == HEARTH_OK);
  light.run->advance(1s);
  CHECK(light.edges() == Edges{{0, true}, {500, false}, {1000, true}});
}

TEST_CASE("a loop that is late doesn't make the pattern drift") {
  Blinking light;
  light.play("blink");
  light.run->leap(620ms);
  light.run->leap(500ms);
  light.run->advance(1s);
  CHECK(light.edges() == Edges{{0, true}, {620, false}, {1120, true}, {1500, false}, {2000, true}});
}

TEST_CASE("after a suspend the pattern goes on from then, without making up for what it missed") {
  Blinking light;
  light.play("blink");
  light.run->leap(3h);
  const auto woken = 3 * 3'600'000;
  light.run->advance(1s);
  CHECK(light.edges() == Edges{{0, true}, {woken, false}, {woken + 500, true}, {woken + 1000, false}});
}

TEST_CASE("the colour of a blinking light changes without disturbing its times") {
  House house;
  house.start({{{"id", "mood"}, {"chip", "leds"}, {"red", 1}, {"green", 2}, {"blue", 3}}});
  const auto begun = house.run->now();
  CHECK(house.command("mood", "pattern", text("blink")) == HEARTH_OK);
  house.run->advance(250ms);
  CHECK(house.command("mood", "color", hearth::Color{0, 100}) == HEARTH_OK);
  house.run->advance(500ms);
  CHECK(house.command("mood", "color", hearth::Color{240, 100}) == HEARTH_OK);
  house.run->advance(500ms);
  CHECK(house.edges(1, begun) == Edges{{0, true}, {500, false}});
  CHECK(house.edges(2, begun) == Edges{{0, true}, {250, false}});
  CHECK(house.edges(3, begun) == Edges{{0, true}, {250, false}, {1000, true}});
}

TEST_CASE("the same status again doesn't disturb the pattern that shows it") {
  House house;
  house.start({{{"id", "desk"}, {"chip", "leds"}, {"line", 0}, {"shows", "plugins"}}});
  const auto begun = house.run->now();
  house.run->tell(StatusChanged{"plugins", StatusClass::kSetup, 1, "one"});
  house.run->advance(600ms);
  house.run->tell(StatusChanged{"plugins", StatusClass::kSetup, 2, "two"});
  house.run->advance(600ms);
  CHECK(house.edges(0, begun) == Edges{{0, true}, {1000, false}});
}
