// A line is found by what people call it, behaves as requested, and what goes wrong is said in words. Run
// with either libgpiod's functions.
#include "drivers/common/gpio_line.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "test/drivers/common/fake_gpio.hpp"

using hearth::ErrorCode;
using hearth::drivers::GpioDrive;
using hearth::drivers::GpioLine;
using hearth::drivers::GpioRequest;
using hearth::test::FakeGpio;

namespace {

GpioRequest wanted(const std::string& chip, const std::string& line) {
  GpioRequest request;
  request.chip = chip;
  request.line = line;
  return request;
}

hearth::Error refused(const FakeGpio& gpio, const GpioRequest& request) {
  const auto line = GpioLine::request(request, gpio.folder().string());
  REQUIRE_FALSE(line.ok());
  return line.error();
}

std::string words(const FakeGpio& gpio, const std::string& chip, const std::string& line) {
  return refused(gpio, wanted(chip, line)).words;
}

struct Board : FakeGpio {
  Board() {
    plug(0, "pinctrl", {"", "red", "green", "sys"});
    plug(1, "leds", {"", "blue", ""});
  }
};

}  // namespace

TEST_CASE("a chip is found by its path, name, number and label") {
  Board gpio;
  for (const auto& chip : {(gpio.folder() / "gpiochip1").string(), std::string("gpiochip1"), std::string("1"),
                           std::string("leds")}) {
    CAPTURE(chip);
    auto line = GpioLine::request(wanted(chip, "2"), gpio.folder().string());
    REQUIRE(line.ok());
    CHECK(gpio.line(1, 2).held);
    CHECK(line->set(true).ok());
    CHECK(gpio.line(1, 2).high);
    CHECK(line->set(false).ok());
    CHECK_FALSE(gpio.line(1, 2).high);
  }
  CHECK_FALSE(gpio.line(1, 2).held);
  CHECK(gpio.open_chips == 0);
}

TEST_CASE("a chip is found by a link to it, and a link doesn't make two of one label") {
  Board gpio;
  std::filesystem::create_symlink("gpiochip1", gpio.folder() / "gpiochip4");
  CHECK(GpioLine::request(wanted((gpio.folder() / "gpiochip4").string(), "0"), gpio.folder().string()).ok());
  CHECK(GpioLine::request(wanted("4", "0"), gpio.folder().string()).ok());
  CHECK(GpioLine::request(wanted("leds", "0"), gpio.folder().string()).ok());
}

TEST_CASE("a line is found by its name, on its chip or on any") {
  Board gpio;
  const auto named = GpioLine::request(wanted("pinctrl", "green"), gpio.folder().string());
  CHECK(gpio.line(0, 2).held);
  const auto anywhere = GpioLine::request(wanted("", "blue"), gpio.folder().string());
  CHECK(gpio.line(1, 1).held);
}

TEST_CASE("a line is what was requested from the first moment") {
  Board gpio;
  auto request = wanted("leds", "0");
  request.on = true;
  request.drive = GpioDrive::kOpenDrain;
  request.consumer = "hearth:a lamp with a rather long name";
  const auto line = GpioLine::request(request, gpio.folder().string());
  REQUIRE(line.ok());
  CHECK(gpio.line(1, 0).high);
  CHECK(gpio.line(1, 0).drive == "open_drain");
  CHECK(gpio.line(1, 0).consumer == "hearth:a lamp with a rather lon");
  request.line = "1";
  request.active_low = true;
  request.drive = GpioDrive::kOpenSource;
  auto low = GpioLine::request(request, gpio.folder().string());
  REQUIRE(low.ok());
  CHECK_FALSE(gpio.line(1, 1).high);
  CHECK(gpio.line(1, 1).drive == "open_source");
  CHECK(low->set(false).ok());
  CHECK(gpio.line(1, 1).high);
}

TEST_CASE("a busy line is refused with the name of its user, where there is one") {
  Board gpio;
  gpio.line(0, 3).held = true;
  gpio.line(0, 3).consumer = "sys-heartbeat";
  CHECK(refused(gpio, wanted("pinctrl", "3")).code == ErrorCode::kBusy);
  CHECK(words(gpio, "pinctrl", "sys") == "line 3 of gpiochip0 is in use by sys-heartbeat");
  gpio.line(0, 3).consumer = "two\nlines\x1b[1m";
  CHECK(words(gpio, "pinctrl", "3") == "line 3 of gpiochip0 is in use by two?lines?[1m");
  gpio.line(0, 3).consumer.clear();
  CHECK(words(gpio, "pinctrl", "3") == "line 3 of gpiochip0 is in use by something nameless");
}

TEST_CASE("a line that is held can't be had twice, and can be had again once it is free") {
  Board gpio;
  {
    const auto line = GpioLine::request(wanted("leds", "0"), gpio.folder().string());
    CHECK(words(gpio, "leds", "0") == "line 0 of gpiochip1 is in use by hearth");
  }
  CHECK(GpioLine::request(wanted("leds", "0"), gpio.folder().string()).ok());
}

TEST_CASE("a chip that isn't there is refused with those that are, at most eight") {
  Board gpio;
  CHECK(refused(gpio, wanted("lamps", "0")).code == ErrorCode::kUnreachable);
  CHECK(words(gpio, "lamps", "0") == "no chip 'lamps'; there are gpiochip0 (pinctrl), gpiochip1 (leds)");
  const auto path = (gpio.folder() / "gpiochip9").string();
  CHECK(words(gpio, path, "0").find("gpiochip9'; there are gpiochip0 (pinctrl)") != std::string::npos);
  for (int n = 2; n < 12; ++n) gpio.plug(n, "usb", {""});
  CHECK(words(gpio, "lamps", "0").ends_with("gpiochip7 (usb) and 4 more"));
  FakeGpio empty;
  CHECK(words(empty, "lamps", "0") == "no chip 'lamps'; there is none at all");
  CHECK(words(empty, "", "red") == "no line 'red': there is no chip");
}

TEST_CASE("a line that isn't there is refused with those that are") {
  Board gpio;
  CHECK(refused(gpio, wanted("leds", "3")).code == ErrorCode::kInvalid);
  CHECK(words(gpio, "leds", "3") == "no line '3' on gpiochip1, which has 0 to 2");
  CHECK(words(gpio, "leds", "99999999999999999999").ends_with("which has 0 to 2"));
  CHECK(words(gpio, "pinctrl", "pink") == "no line 'pink' on gpiochip0; there are red, green, sys");
  CHECK(words(gpio, "", "pink") == "no line 'pink' on gpiochip0, gpiochip1");
  CHECK(words(gpio, "", "7") == "line 7 of which chip?");
  gpio.plug(2, "bare", {"", ""});
  CHECK(words(gpio, "bare", "pink") == "no line 'pink' on gpiochip2, none of whose lines has a name");
  gpio.plug(3, "nothing", {});
  CHECK(words(gpio, "nothing", "0") == "no line '0' on gpiochip3, which has no lines at all");
}

TEST_CASE("what two answer to is refused rather than guessed") {
  Board gpio;
  gpio.plug(2, "leds", {"red"});
  CHECK(words(gpio, "leds", "0") ==
        "two chips are called 'leds', gpiochip1 and gpiochip2: configure one by its path");
  CHECK(words(gpio, "", "red") ==
        "two lines are called 'red', line 1 of gpiochip0 and line 0 of gpiochip2: configure chip and offset");
  gpio.plug(3, "twins", {"a", "a"});
  CHECK(refused(gpio, wanted("twins", "a")).code == ErrorCode::kInvalid);
  CHECK(refused(gpio, wanted("", "a")).code == ErrorCode::kInvalid);
  CHECK(gpio.open_chips == 0);
}

TEST_CASE("no right to a chip is said with the group that has it") {
  Board gpio;
  gpio.deny(1);
  CHECK(refused(gpio, wanted("1", "0")).code == ErrorCode::kDenied);
  CHECK(words(gpio, "1", "0").ends_with("gpiochip1: the user has to be in the group gpio"));
  gpio.allow(1);
  gpio.deny(1, false);
  CHECK(words(gpio, "leds", "0").ends_with("reload the plugin"));
  CHECK(refused(gpio, wanted("", "blue")).code == ErrorCode::kDenied);
  CHECK(GpioLine::request(wanted("", "red"), gpio.folder().string()).ok());
}

TEST_CASE("a file that is no chip is refused as that") {
  Board gpio;
  CHECK(words(gpio, "/dev/null", "0") == "/dev/null is no GPIO chip");
}

TEST_CASE("a line that can be no output is refused") {
  Board gpio;
  gpio.line(1, 0).input_only = true;
  CHECK(refused(gpio, wanted("leds", "0")).code == ErrorCode::kInvalid);
  CHECK(words(gpio, "leds", "0") == "line 0 of gpiochip1 can't be such an output");
}

TEST_CASE("a line whose chip was unplugged says so, and is found under the chip's new number") {
  Board gpio;
  auto line = GpioLine::request(wanted("leds", "0"), gpio.folder().string());
  REQUIRE(line.ok());
  gpio.unplug(1);
  const auto gone = line->set(true);
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.error().code == ErrorCode::kUnreachable);
  CHECK(gone.error().words == "gpiochip1 was unplugged");
  CHECK(words(gpio, "leds", "0") == "no chip 'leds'; there are gpiochip0 (pinctrl)");
  gpio.plug(5, "leds", {""});
  CHECK_FALSE(line->set(true).ok());
  CHECK(GpioLine::request(wanted("leds", "0"), gpio.folder().string()).ok());
}
