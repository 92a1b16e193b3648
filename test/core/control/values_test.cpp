// Tests of core/control/ctl/values.hpp.
#include "core/control/ctl/values.hpp"

#include <catch2/catch.hpp>

#include "core/control/rpc.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::ctl;

namespace {

std::string value(const std::string& text) { return *json_text(parse_value(text)); }

std::string summary(const std::string& device) {
  return state_summary(*parse_json(device)->extract<Poco::JSON::Object::Ptr>());
}

}  // namespace

TEST_CASE("a value is guessed from how it is typed") {
  CHECK(value("on") == "true");
  CHECK(value("false") == "false");
  CHECK(value("40") == "40");
  CHECK(value("-7") == "-7");
  CHECK(value("21.05") == "21.05");
  CHECK(value("rainbow 3") == "\"rainbow 3\"");
  CHECK(value("nan") == "\"nan\"");
  CHECK(value("1e999") == "\"1e999\"");
  CHECK(value("") == "\"\"");
}

TEST_CASE("a colour typed in hexadecimal becomes hue and saturation") {
  CHECK(value("#0000FF") == R"({"hue":240,"saturation":100})");
  CHECK(value("#ff8080") == R"({"hue":0,"saturation":49.8})");
  CHECK(value("#ffffff") == R"({"hue":0,"saturation":0})");
  CHECK(value("#000000") == R"({"hue":0,"saturation":0})");
  CHECK(value("#ff00ff") == R"({"hue":300,"saturation":100})");
  CHECK(value("#nothex") == "\"#nothex\"");
}

TEST_CASE("a device's state is told in a line, switch and brightness first") {
  CHECK(
      summary(
          R"({"capabilities":[{"name":"power","unit":"W"},{"name":"brightness","unit":"%"},{"name":"on_off"},
    {"name":"color"},{"name":"motion"},{"name":"signal","unit":"dBm"}],
    "state":{"power":{"reported":12.3},"brightness":{"reported":40},"on_off":{"reported":true},
    "color":{"reported":{"hue":240,"saturation":80}},"motion":{"reported":false},"signal":{"reported":null}}})") ==
      "on 40 %, 12.3 W, 240\xC2\xB0 80 %, motion no");
}

TEST_CASE("a device that has reported nothing has no summary") {
  CHECK(summary(R"({"capabilities":[{"name":"on_off"}],"state":{}})").empty());
  CHECK(summary("{}").empty());
}

TEST_CASE("a message's body fits one line") {
  CHECK(body_summary(*parse_json(R"({"device":"x:1","capability":"on_off","value":true})")) ==
        "x:1 on_off = true");
  CHECK(body_summary(*parse_json(R"({"plugin":"x","state":"running"})")) == R"(plugin="x" state="running")");
  CHECK(body_summary(*parse_json("\"00ff\"")) == "00ff");
}
