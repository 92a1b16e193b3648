// The driver as home meets it: switching, colours, what it shows, how it leaves the lines, and wrong
// configuration.
#include <catch2/catch.hpp>

#include "test/drivers/gpio_led/house.hpp"

using hearth::Color;
using hearth::StatusChanged;
using hearth::StatusClass;
using hearth::Value;
using hearth::test::ClockedRun;
using hearth::test::House;
using hearth::test::Keys;

namespace {

Value text(const char* words) { return std::string(words); }

const Keys kDesk = {{"id", "desk"}, {"chip", "leds"}, {"line", 0}};
const Keys kRgb = {{"id", "mood"}, {"chip", "leds"}, {"red", "red"}, {"green", "green"}, {"blue", 3}};

Keys with(Keys keys, const Keys& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

std::string refusal(const std::vector<Keys>& devices) {
  House house;
  house.start(devices);
  return house.run->refusal();
}

}  // namespace

TEST_CASE("without a configured device there is none, and nothing waits") {
  House house;
  house.start({});
  CHECK(house.run->refusal().empty());
  CHECK(house.run->all().empty());
  CHECK(house.run->timers() == 0);
}

TEST_CASE("a light is declared with its state, and its line is held and low") {
  House house;
  house.start({with(kDesk, {{"name", "Desk"}, {"location", "Office"}})});
  const auto& desk = house.shown("desk");
  CHECK(desk.declared.name == "Desk");
  CHECK(desk.declared.location == "Office");
  CHECK(desk.declared.address == "leds:0");
  CHECK(desk.declared.capabilities.size() == 2);
  CHECK(desk.reachable);
  CHECK(house.state("desk", "on_off") == Value(false));
  CHECK(house.state("desk", "pattern") == text("none"));
  CHECK(house.gpio.line(0, 0).consumer == "hearth:desk");
  CHECK_FALSE(house.high(0));
}

TEST_CASE("on raises the line and off lowers it, and both states are reported with the command as cause") {
  House house;
  house.start({kDesk});
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
  CHECK(house.high(0));
  CHECK(house.state("desk", "on_off") == Value(true));
  CHECK(house.state("desk", "pattern") == text("steady"));
  const auto& reports = house.shown("desk").reports;
  REQUIRE(reports.size() == 4);
  CHECK(reports[2].capability == "pattern");
  CHECK(reports[3].capability == "on_off");
  CHECK(reports[2].cause != 0);
  CHECK(reports[2].cause == reports[3].cause);
  CHECK(house.command("desk", "on_off", false) == HEARTH_OK);
  CHECK_FALSE(house.high(0));
  CHECK(house.state("desk", "pattern") == text("none"));
}

TEST_CASE("an active-low light is on when its line is low") {
  House house;
  house.start({with(kDesk, {{"active_low", true}, {"drive", "open_drain"}})});
  CHECK(house.high(0));
  CHECK(house.gpio.line(0, 0).drive == "open_drain");
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
  CHECK_FALSE(house.high(0));
}

TEST_CASE("a light may be on from the start, without having been off") {
  House house;
  house.start({with(kDesk, {{"at_start", "on"}})});
  CHECK(house.high(0));
  CHECK(house.gpio.line(0, 0).edges.size() == 1);
  CHECK(house.state("desk", "on_off") == Value(true));
  CHECK(house.state("desk", "pattern") == text("steady"));
}

TEST_CASE("at its end a light is left as configured, and its line is free") {
  for (const auto* at_exit : {"off", "on", "keep"}) {
    for (const bool before : {false, true}) {
      House house;
      house.start({with(kDesk, {{"at_exit", at_exit}})});
      CHECK(house.command("desk", "on_off", before) == HEARTH_OK);
      house.run->stop();
      CAPTURE(at_exit, before);
      CHECK(house.high(0) == (at_exit == std::string("keep") ? before : at_exit == std::string("on")));
      CHECK_FALSE(house.gpio.line(0, 0).held);
    }
  }
}

TEST_CASE("an active-low light that is left off has a high line") {
  House house;
  house.start({with(kDesk, {{"active_low", true}})});
  CHECK(house.command("desk", "pattern", text("blink")) == HEARTH_OK);
  house.run->stop();
  CHECK(house.high(0));
}

TEST_CASE("a light of three lines is white at first, and takes the nearest of seven colours") {
  House house;
  house.start({kRgb});
  CHECK(house.shown("mood").declared.capabilities.size() == 3);
  CHECK(house.shown("mood").declared.address == "leds:red:green:3");
  CHECK(house.state("mood", "color") == Value(Color{0, 0}));
  const auto lines = [&] { return std::vector<bool>{house.high(1), house.high(2), house.high(3)}; };
  CHECK(house.command("mood", "color", Color{110, 90}) == HEARTH_OK);
  CHECK(lines() == std::vector<bool>{false, false, false});
  CHECK(house.state("mood", "color") == Value(Color{120, 100}));
  CHECK(house.command("mood", "on_off", true) == HEARTH_OK);
  CHECK(lines() == std::vector<bool>{false, true, false});
  CHECK(house.command("mood", "color", Color{310, 80}) == HEARTH_OK);
  CHECK(lines() == std::vector<bool>{true, false, true});
  CHECK(house.command("mood", "color", Color{310, 20}) == HEARTH_OK);
  CHECK(lines() == std::vector<bool>{true, true, true});
  CHECK(house.command("mood", "on_off", false) == HEARTH_OK);
  CHECK(lines() == std::vector<bool>{false, false, false});
}

TEST_CASE("a light shows the status that it is for, with a pattern for each class") {
  House house;
  house.start({with(kDesk, {{"shows", "plugins"}})});
  CHECK(house.state("desk", "pattern") == text("none"));
  const auto status = house.run->tell(StatusChanged{"plugins", StatusClass::kError, 1, "one has crashed"});
  CHECK(house.state("desk", "pattern") == text("fast"));
  CHECK(house.shown("desk").reports.back().cause == status);
  house.run->tell(StatusChanged{"update", StatusClass::kOff, 0, ""});
  CHECK(house.state("desk", "pattern") == text("fast"));
  house.run->tell(StatusChanged{"plugins", StatusClass::kSuccess, 0, ""});
  CHECK(house.state("desk", "pattern") == text("steady"));
  CHECK(house.high(0));
}

TEST_CASE("a light for one class is dark in the others") {
  House house;
  house.start({with(kDesk, {{"shows", "update"}, {"shows_class", "warning"}})});
  house.run->tell(StatusChanged{"update", StatusClass::kWarning, 0, ""});
  CHECK(house.state("desk", "pattern") == text("double"));
  house.run->tell(StatusChanged{"update", StatusClass::kError, 0, ""});
  CHECK(house.state("desk", "pattern") == text("none"));
}

TEST_CASE("a commanded light that shows a status follows it again at the next change") {
  House house;
  house.start({with(kDesk, {{"shows", "interlock"}})});
  house.run->tell(StatusChanged{"interlock", StatusClass::kSuccess, 0, ""});
  CHECK(house.command("desk", "on_off", false) == HEARTH_OK);
  CHECK_FALSE(house.high(0));
  house.run->tell(StatusChanged{"interlock", StatusClass::kSetup, 0, ""});
  CHECK(house.state("desk", "pattern") == text("slow"));
}

TEST_CASE("a deleted light is dark and its line free, until somebody looks for devices") {
  House house;
  house.start({with(kDesk, {{"shows", "plugins"}})});
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
  house.run->tell(hearth::DeviceRemoved{"gpio_led:desk"});
  CHECK_FALSE(house.high(0));
  CHECK_FALSE(house.gpio.line(0, 0).held);
  house.run->tell(StatusChanged{"plugins", StatusClass::kSuccess, 0, ""});
  CHECK_FALSE(house.high(0));
  CHECK(house.run->ask(hearth::DevicesSought{}).status == HEARTH_OK);
  CHECK(house.shown("desk").declarations == 2);
  CHECK(house.gpio.line(0, 0).held);
  CHECK(house.command("desk", "on_off", true) == HEARTH_OK);
}

TEST_CASE("wrong configuration is refused at the start, with the device in the words") {
  CHECK(refusal({kDesk, kDesk}) == "two devices have the id 'desk'");
  CHECK(refusal({{{"id", "two\nlines"}, {"line", "red"}}}).starts_with("not fit for an id"));
  const auto* needs = "device 'a': it needs either line, or red, green and blue";
  CHECK(refusal({{{"id", "a"}, {"chip", 0}}}) == needs);
  CHECK(refusal({{{"id", "a"}, {"chip", 0}, {"red", 1}, {"green", 2}}}) == needs);
  CHECK(refusal({{{"id", "a"}, {"chip", 0}, {"line", 0}, {"red", 1}, {"green", 2}, {"blue", 3}}}) == needs);
  CHECK(refusal({{{"id", "a"}, {"line", 3}}}) == "device 'a': line = 3 is an offset, which needs a chip");
  CHECK(refusal({with(kDesk, {{"shows_class", "error"}})}) == "device 'desk': shows_class needs shows");
}
