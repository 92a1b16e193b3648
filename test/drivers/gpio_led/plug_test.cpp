// Lines that can't be had: why, in the device's reason, and how they are found again.
#include <catch2/catch.hpp>

#include "test/drivers/gpio_led/house.hpp"

using hearth::StatusChanged;
using hearth::StatusClass;
using hearth::Value;
using hearth::test::ClockedRun;
using hearth::test::House;
using hearth::test::Keys;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

Value text(const char* words) { return std::string(words); }

const Keys kDesk = {{"id", "desk"}, {"chip", "leds"}, {"line", 0}};
const Keys kOther = {{"id", "other"}, {"chip", "usb"}, {"line", "lamp"}};

struct NoWatches {
  NoWatches() { ClockedRun::no_watches = true; }
  ~NoWatches() { ClockedRun::no_watches = false; }
};

}  // namespace

TEST_CASE(
    "a busy line is an unreachable device with its user in the reason, tried again every five seconds") {
  House house;
  house.gpio.line(0, 0).held = true;
  house.gpio.line(0, 0).consumer = "sys-heartbeat";
  house.start({kDesk});
  CHECK_FALSE(house.shown("desk").reachable);
  CHECK(house.shown("desk").reason == "line 0 of gpiochip0 is in use by sys-heartbeat");
  CHECK(house.command("desk", "on_off", true) == HEARTH_UNREACHABLE);
  CHECK_FALSE(house.gpio.line(0, 0).sets > 0);
  house.gpio.line(0, 0).held = false;
  house.run->advance(4999ms);
  CHECK_FALSE(house.shown("desk").reachable);
  house.run->advance(1ms);
  CHECK(house.shown("desk").reachable);
  CHECK(house.state("desk", "on_off") == Value(false));
  CHECK(house.run->timers() == 0);
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
}

TEST_CASE("a command tries a line that couldn't be had at once") {
  House house;
  house.gpio.line(0, 0).held = true;
  house.start({kDesk});
  house.gpio.line(0, 0).held = false;
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
  CHECK(house.shown("desk").reachable);
  CHECK(house.high(0));
}

TEST_CASE("of a light of three lines none is held while one can't be had") {
  House house;
  house.gpio.line(0, 3).held = true;
  house.start({{{"id", "mood"}, {"chip", "leds"}, {"red", 1}, {"green", 2}, {"blue", 3}}});
  CHECK_FALSE(house.shown("mood").reachable);
  CHECK_FALSE(house.gpio.line(0, 1).held);
  CHECK_FALSE(house.gpio.line(0, 2).held);
}

TEST_CASE("one line that can't be had leaves the others alone") {
  House house;
  house.start({kDesk, kOther});
  CHECK(house.shown("desk").reachable);
  CHECK(house.shown("other").reason == "no chip 'usb'; there are gpiochip0 (leds)");
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
}

TEST_CASE("an unplugged chip is noticed without a command, and found by its label under another number") {
  House house;
  house.gpio.plug(1, "usb", {"", "lamp"});
  house.start({kDesk, kOther});
  CHECK(house.command("other", "pattern", text("slow")) == HEARTH_OK);
  house.gpio.unplug(1);
  REQUIRE(house.run->serve_descriptors());
  CHECK_FALSE(house.shown("other").reachable);
  CHECK(house.shown("other").reason == "gpiochip1 was unplugged");
  CHECK(house.shown("desk").reachable);
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
  CHECK(house.command("other", "on_off", true) == HEARTH_UNREACHABLE);
  CHECK(house.shown("other").reason == "no chip 'usb'; there are gpiochip0 (leds)");

  house.gpio.plug(7, "usb", {"lamp"});
  REQUIRE(house.run->serve_descriptors());
  CHECK(house.shown("other").reachable);
  CHECK(house.gpio.line(7, 0).high);  // it goes on with what it showed, not with what failed
  CHECK(house.state("other", "pattern") == text("slow"));
  house.run->advance(1s);
  CHECK_FALSE(house.gpio.line(7, 0).high);
  CHECK(house.command("other", "on_off", true) == HEARTH_OK);
  CHECK(house.run->timers() == 0);
  CHECK(house.gpio.open_chips == 2);
}

TEST_CASE("a command to a line that has just gone fails, and the device is unreachable at once") {
  House house;
  house.start({kDesk});
  house.gpio.unplug(0);
  CHECK(house.command("desk", "on_off", true) == HEARTH_UNREACHABLE);
  CHECK_FALSE(house.shown("desk").reachable);
  CHECK(house.shown("desk").reason == "gpiochip0 was unplugged");
  CHECK(house.state("desk", "on_off") == Value(false));
  house.gpio.plug(2, "leds", {""});
  house.run->advance(5s);
  CHECK(house.shown("desk").reachable);
  CHECK_FALSE(house.gpio.line(2, 0).high);
}

TEST_CASE("a blinking light whose chip goes is unreachable at its next edge, and stops blinking") {
  House house;
  house.start({kDesk});
  CHECK(house.command("desk", "pattern", text("blink")) == HEARTH_OK);
  house.gpio.unplug(0);
  house.run->advance(500ms);
  CHECK_FALSE(house.shown("desk").reachable);
  CHECK(house.run->timers() == 1);  // the next try
}

TEST_CASE("what the status was meanwhile is shown when the chip is back") {
  House house;
  house.gpio.unplug(0);
  house.start({{{"id", "desk"}, {"chip", "leds"}, {"line", 0}, {"shows", "plugins"}}});
  CHECK(house.shown("desk").reason == "no chip 'leds'; there is none at all");
  house.run->tell(StatusChanged{"plugins", StatusClass::kSuccess, 0, ""});
  CHECK(house.shown("desk").states.empty());
  house.gpio.plug(0, "leds", {""});
  REQUIRE(house.run->serve_descriptors());
  CHECK(house.high(0));
  CHECK(house.state("desk", "pattern") == text("steady"));
}

TEST_CASE("a chip whose rights come after it is opened then") {
  House house;
  house.gpio.deny(0);
  house.start({{{"id", "desk"}, {"chip", 0}, {"line", 0}}});
  CHECK(house.shown("desk").reason.find("the group gpio") != std::string::npos);
  CHECK_FALSE(house.shown("desk").reachable);
  house.gpio.allow(0);
  REQUIRE(house.run->serve_descriptors());
  CHECK(house.shown("desk").reachable);
}

TEST_CASE("where the system watches no folders, chips are looked for every five seconds") {
  const NoWatches none;
  House house;
  house.start({kDesk});
  CHECK(house.shown("desk").reachable);
  house.gpio.unplug(0);
  house.run->advance(5s);
  CHECK_FALSE(house.shown("desk").reachable);
  house.gpio.plug(1, "leds", {""});
  house.run->advance(5s);
  CHECK(house.shown("desk").reachable);
}
