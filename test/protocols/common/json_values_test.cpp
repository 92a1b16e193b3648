// Values from and for clients that speak JSON.
#include "protocols/common/json_values.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "hearth/net/json.hpp"

using namespace hearth;

namespace {

Result<Value> value_of(std::string_view json, const Capability& capability) {
  const auto parsed = net::json::parse(json);
  REQUIRE(parsed.ok());
  return protocols::value_of(*parsed, capability);
}
Value read(std::string_view json, const Capability& capability) {
  const auto value = value_of(json, capability);
  return value.ok() ? *value : Value();
}
std::string refusal(std::string_view json, const Capability& capability) {
  const auto value = value_of(json, capability);
  if (!value.ok()) CHECK(value.error().code == ErrorCode::kInvalid);
  return value.ok() ? "accepted" : value.error().words;
}

}  // namespace

TEST_CASE("values are shown as JSON") {
  using boost::json::value;
  CHECK(protocols::json_of({}) == value(nullptr));
  CHECK(protocols::json_of(true) == value(true));
  CHECK(protocols::json_of(std::int64_t{3}) == value(3));
  CHECK(protocols::json_of(2.5) == value(2.5));
  CHECK(protocols::json_of(std::string("x")) == value("x"));
  CHECK(protocols::json_of(Color{30, 40}) == value({{"hue", 30.0}, {"saturation", 40.0}}));
}

TEST_CASE("a switch is true or false, on or off") {
  CHECK(read("true", "on_off") == Value(true));
  CHECK(read("false", "on_off") == Value(false));
  CHECK(read("\"on\"", "on_off") == Value(true));
  CHECK(read("\"off\"", "on_off") == Value(false));
  for (const auto* json : {"1", "0", "\"true\"", "\"ON\"", "\"\"", "null", "[]", "{}"})
    CHECK(refusal(json, "on_off") == "on_off is true or false, on or off");
}

TEST_CASE("a number is any number, and the largest integers lose nothing") {
  CHECK(read("40", "brightness") == Value(std::int64_t{40}));
  CHECK(read("-9223372036854775808", "brightness") == Value(std::numeric_limits<std::int64_t>::min()));
  CHECK(read("18446744073709551615", "brightness") == Value(18446744073709551615.0));
  CHECK(read("2.5", "brightness") == Value(2.5));
  CHECK(read("-1e3", "temperature") == Value(-1000.0));
  CHECK(read("7", "temperature") == Value(std::int64_t{7}));
  for (const auto* json : {"\"40\"", "true", "null", "[40]", "{}"}) {
    CHECK(refusal(json, "brightness") == "brightness is a number");
    CHECK(refusal(json, "temperature") == "temperature is a number");
  }
}

TEST_CASE("a text is itself, and anything else as JSON") {
  CHECK(read(R"("a\nb")", "command") == Value(std::string("a\nb")));
  CHECK(read("\"\"", "command") == Value(std::string()));
  CHECK(read("1.5", "payload") == Value(std::string("1.5")));
  CHECK(read(R"( {"a": [true, null]} )", "payload") == Value(std::string(R"({"a":[true,null]})")));
}

TEST_CASE("a colour is #rrggbb, three numbers up to 255, or hue and saturation") {
  CHECK(read("\"#ff8000\"", "color") == Value(std::string("#ff8000")));
  CHECK(read("[255,128,0]", "color") == Value(std::string("#ff8000")));
  CHECK(read("[0,0.4,254.6]", "color") == Value(std::string("#0000ff")));
  CHECK(read(R"({"hue":30,"saturation":99.5,"x":1})", "color") == Value(Color{30, 99.5}));
  for (const auto* json :
       {"\"red\"", "\"\"", "[]", "[1,2]", "[1,2,3,4]", "[1,2,256]", "[-1,2,3]", "[1,2,\"3\"]", "[1,2,1e300]",
        "{}", R"({"hue":1})", R"({"saturation":1})", R"({"hue":"1","saturation":2})", "7", "null", "true"})
    CHECK(refusal(json, "color") == R"(color is #rrggbb, [r,g,b] or {"hue":...,"saturation":...})");
}

TEST_CASE("a capability without a type takes nothing") {
  for (const auto* json : {"1", "true", "\"x\""})
    CHECK(refusal(json, Capability("unknown")) == "unknown is a number");
}

TEST_CASE("a device is shown with its states, and with its number if that is wanted") {
  House::Device device;
  device.device = "sim:a";
  device.number = 7;
  device.name = "Lamp";
  device.reachable = true;
  CHECK(net::json::to_text(protocols::shown(device)) ==
        R"({"id":"sim:a","name":"Lamp","reachable":true,"states":{}})");
  device.reachable = false;
  device.states["on_off"] = {true, 0};
  device.states["color"] = {Color{1.5, 2}, 0};
  device.states["brightness"] = {};
  CHECK(
      net::json::to_text(protocols::shown(device, true)) ==
      R"({"id":"sim:a","i":7,"name":"Lamp","reachable":false,"states":{"brightness":null,"color":{"hue":1.5,"saturation":2},"on_off":true}})");
}
