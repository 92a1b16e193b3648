// Decoding: several models, and replies that are wrong in every way that the robustness table names.
#include "drivers/tplink/reply.hpp"

#include <catch2/catch.hpp>

#include "test/drivers/tplink/fixtures.hpp"

using hearth::ErrorCode;
using tplink::decode_done;
using tplink::decode_poll;
using tplink::Switch;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  REQUIRE(at != text.npos);
  return text.replace(at, what.size(), with);
}

void check_wrong(const std::string& text) {
  INFO(text.substr(0, 200));
  const auto reading = decode_poll(text);
  REQUIRE_FALSE(reading.ok());
  CHECK(reading.error().code == ErrorCode::kInvalid);
  CHECK_FALSE(reading.error().words.empty());
}

}  // namespace

TEST_CASE("a plug without a meter") {
  const auto reading = decode_poll(fixture::kPlug);
  REQUIRE(reading.ok());
  const auto& info = reading->info;
  CHECK(info.id == "8006AAAA00000000000000000000000000000001");
  CHECK(info.alias == "Heizlüfter");
  CHECK(info.model == "HS100(EU)");
  CHECK(info.kind == "plug");
  CHECK(info.how == Switch::kRelay);
  CHECK_FALSE(info.metered);
  CHECK(info.on == true);
  CHECK(info.rssi == -61);
  CHECK_FALSE(reading->meter);
}

TEST_CASE("old and new firmware's meters read the same") {
  for (const auto& meter : {fixture::kOldMeter, fixture::kNewMeter}) {
    const auto reading = decode_poll(fixture::metered(meter));
    REQUIRE(reading.ok());
    CHECK(reading->info.metered);
    REQUIRE(reading->meter);
    CHECK(*reading->meter->power_w == Approx(115.25));
    CHECK(*reading->meter->energy_wh == Approx(1500));
    CHECK(*reading->meter->voltage_v == Approx(230.5));
    CHECK(*reading->meter->current_a == Approx(0.5));
  }
}

TEST_CASE("a meter that refuses or talks nonsense leaves out the meter only") {
  for (const auto* meter :
       {R"({"err_code":-1,"err_msg":"module not support"})", "17", "null", R"({"err_code":-2})"}) {
    const auto reading = decode_poll(fixture::metered(meter));
    REQUIRE(reading.ok());
    CHECK(reading->info.on == true);
    CHECK_FALSE(reading->meter);
  }
  const auto reading = decode_poll(
      fixture::metered(R"({"power_mw":"much","total_wh":null,"voltage_mv":230000,"err_code":0})"));
  REQUIRE(reading.ok());
  CHECK_FALSE(reading->meter->power_w);
  CHECK_FALSE(reading->meter->energy_wh);
  CHECK(*reading->meter->voltage_v == Approx(230));
}

TEST_CASE("a dimmer is switched by its relay") {
  const auto reading = decode_poll(fixture::kDimmer);
  REQUIRE(reading.ok());
  CHECK(reading->info.kind == "dimmer");
  CHECK(reading->info.how == Switch::kRelay);
  CHECK(reading->info.on == false);
}

TEST_CASE("bulbs and light strips are switched by their own services") {
  const auto bulb = decode_poll(fixture::kBulb);
  REQUIRE(bulb.ok());
  CHECK(bulb->info.kind == "bulb");
  CHECK(bulb->info.how == Switch::kBulb);
  CHECK(bulb->info.on == false);
  const auto strip = decode_poll(fixture::kLightStrip);
  REQUIRE(strip.ok());
  CHECK(strip->info.kind == "lightstrip");
  CHECK(strip->info.how == Switch::kLightStrip);
  CHECK(strip->info.on == true);
}

TEST_CASE("a strip of outlets has no switch of its own and no meter here") {
  const auto reading = decode_poll(fixture::kStrip);
  REQUIRE(reading.ok());
  CHECK(reading->info.kind == "strip");
  CHECK(reading->info.how == Switch::kNone);
  CHECK_FALSE(reading->info.metered);
}

TEST_CASE("replies that are no JSON, or none of this protocol, are errors in words") {
  for (const auto* text :
       {"", "{", "nonsense", "[]", "7", "null", "\"text\"", "{}", R"({"system":{}})", R"({"system":[]})",
        R"({"system":null})", R"({"system":{"get_sysinfo":[]}})", R"({"system":{"get_sysinfo":{}}})",
        R"({"system":{"get_sysinfo":{"deviceId":7}}})", R"({"system":{"get_sysinfo":{"deviceId":""}}})"})
    check_wrong(text);
}

TEST_CASE("every truncation of a reply is an error") {
  for (std::size_t length = 0; length < fixture::kPlug.size(); ++length)
    REQUIRE_FALSE(decode_poll(fixture::kPlug.substr(0, length)).ok());
}

TEST_CASE("the device's own errors are told in its words") {
  for (const auto* text : {R"({"system":{"err_code":-1,"err_msg":"module not support"}})",
                           R"({"system":{"get_sysinfo":{"err_code":-1,"err_msg":"module not support"}}})"}) {
    check_wrong(text);
    CHECK(decode_poll(text).error().words.find("module not support (-1)") != std::string::npos);
  }
}

TEST_CASE("wrong types, bad UTF-8 and depth are errors") {
  check_wrong(replaced(fixture::kPlug, R"("relay_state":1)", R"("relay_state":"on")"));
  check_wrong(replaced(fixture::kPlug, R"("relay_state":1)", R"("relay_state":2)"));
  check_wrong(replaced(fixture::kBulb, R"("on_off":0)", R"("on_off":null)"));
  check_wrong(replaced(fixture::kPlug, "Heizl\xc3\xbc", "Heizl\xff\xfe"));
  check_wrong(replaced(fixture::kPlug, R"("on_time":77)",
                       R"("on_time":)" + std::string(10000, '[') + std::string(10000, ']')));
  check_wrong(std::string(60000, '{'));
}

TEST_CASE("an id that could be mistaken for something else is refused") {
  for (const auto* id : {"a/b", "a b", "..", "@127.0.0.1:9999", "\\n", "<id>"})
    check_wrong(replaced(fixture::kPlug, "8006AAAA00000000000000000000000000000001", id));
  check_wrong(replaced(fixture::kPlug, "8006AAAA", std::string(200, 'A')));
}

TEST_CASE("fields that don't matter may be anything") {
  CHECK(decode_poll(replaced(fixture::kPlug, R"("rssi":-61)", R"("rssi":"weak")")).ok());
  CHECK_FALSE(decode_poll(replaced(fixture::kPlug, R"("rssi":-61)", R"("rssi":1e300)"))->info.rssi);
  CHECK(decode_poll(replaced(fixture::kPlug, R"("hwId":"AA")", R"("hwId":{"x":[1,2,3]})")).ok());
}

TEST_CASE("a name is cut at the end of a character and freed of control characters") {
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "ü";
  const auto cut = decode_poll(replaced(fixture::kPlug, "Heizlüfter", "x" + longest));
  REQUIRE(cut.ok());
  CHECK(cut->info.alias.size() == 127);
  CHECK(decode_poll(replaced(fixture::kPlug, "Heizlüfter", "a\\u0007b\\nc"))->info.alias == "abc");
}

TEST_CASE("a command is done only with an err_code of 0") {
  const auto relay = tplink::method_of(Switch::kRelay);
  CHECK(decode_done(R"({"system":{"set_relay_state":{"err_code":0}}})", relay).ok());
  const auto refused =
      decode_done(R"({"system":{"set_relay_state":{"err_code":-3,"err_msg":"invalid argument"}}})", relay);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kFailed);
  CHECK(refused.error().words == "system.set_relay_state: invalid argument (-3)");
  const auto bulb = tplink::method_of(Switch::kBulb);
  CHECK(
      decode_done(
          R"({"smartlife.iot.smartbulb.lightingservice":{"transition_light_state":{"on_off":1,"err_code":0}}})",
          bulb)
          .ok());
  CHECK_FALSE(decode_done(R"({"smartlife.iot.smartbulb.lightingservice":{"err_code":-1}})", bulb).ok());
  for (const auto* text : {"", "{}", R"({"system":{}})", R"({"system":{"set_relay_state":{}}})",
                           R"({"system":{"set_relay_state":0}})"})
    CHECK_FALSE(decode_done(text, relay).ok());
}

TEST_CASE("requests are those of the protocol") {
  CHECK(tplink::poll_request(false) == R"({"system":{"get_sysinfo":{}}})");
  CHECK(tplink::poll_request(true) == R"({"system":{"get_sysinfo":{}},"emeter":{"get_realtime":{}}})");
  CHECK(tplink::switch_request(Switch::kRelay, true) == R"({"system":{"set_relay_state":{"state":1}}})");
  CHECK(
      tplink::switch_request(Switch::kBulb, false) ==
      R"({"smartlife.iot.smartbulb.lightingservice":{"transition_light_state":{"on_off":0,"ignore_default":0}}})");
  CHECK(tplink::switch_request(Switch::kLightStrip, true) ==
        R"({"smartlife.iot.lightStrip":{"set_light_state":{"on_off":1,"ignore_default":0}}})");
}
