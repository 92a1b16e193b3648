// Values as users write them.
#include "protocols/socketio/values.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using monitor::value_of;

namespace {

Value read(std::string_view text, const char* capability) {
  const auto value = value_of(text, Capability(capability));
  return value.ok() ? *value : Value();
}

std::string refusal(std::string_view text, const char* capability) {
  const auto value = value_of(text, Capability(capability));
  return value.ok() ? "accepted" : value.error().words;
}

}  // namespace

TEST_CASE("switches are on and off, or true and false") {
  CHECK(read("on", "on_off") == Value(true));
  CHECK(read("true", "on_off") == Value(true));
  CHECK(read("off", "on_off") == Value(false));
  CHECK(refusal("1", "on_off") == "on_off is true or false, on or off");
}

TEST_CASE("numbers are whole ones or with a point, and nothing else") {
  CHECK(read("40", "brightness") == Value(std::int64_t{40}));
  CHECK(read("-2.5e1", "temperature") == Value(-25.0));
  for (const auto* text : {"", "4x", "0x10", "inf", "nan", "1e999", "on", "4 0"})
    CHECK(refusal(text, "brightness") == "brightness is a number");
}

TEST_CASE("a text is itself, or a JSON string") {
  CHECK(read("on", "command") == Value(std::string("on")));
  CHECK(read("40 %", "command") == Value(std::string("40 %")));
  CHECK(read(R"(" two\nlines")", "command") == Value(std::string(" two\nlines")));
  CHECK(read(R"("never closed)", "command") == Value(std::string("\"never closed")));
}

TEST_CASE("a colour is #RRGGBB, which home reads, or an object") {
  CHECK(read("#ff8000", "color") == Value(std::string("#ff8000")));
  CHECK(read(R"({"hue": 30, "saturation": 99.5})", "color") == Value(Color{30, 99.5}));
  for (const auto* text : {"red", "{}", R"({"hue":1})", R"({"hue":"1","saturation":2})", "[1,2]"})
    CHECK(refusal(text, "color") == R"(color is #rrggbb, [r,g,b] or {"hue":...,"saturation":...})");
}
