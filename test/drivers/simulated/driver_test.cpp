// The simulated driver as home meets it: good, slow, failing and dead devices, and those made by address.
#include <catch2/catch.hpp>

#include "test/drivers/common/plugin_run.hpp"

using hearth::Value;
using hearth::test::PluginRun;

namespace {

struct Entry {
  std::string id, kind;
  int latency_ms = 0;
  double failure_rate = 0;
  bool reachable = true;
};

PluginRun::Fill config(const std::vector<Entry>& devices, double report_s = 10) {
  return [=](flexbuffers::Builder& b) {
    b.Double("report_s", report_s);
    b.Vector("device", [&] {
      for (const auto& d : devices)
        b.Map([&] {
          b.String("id", d.id);
          b.String("kind", d.kind);
          b.Int("latency_ms", d.latency_ms);
          b.Double("failure_rate", d.failure_rate);
          b.Bool("reachable", d.reachable);
        });
    });
  };
}

bool on(const PluginRun::Shown& shown) {
  const auto state = shown.states.find("on_off");
  return state != shown.states.end() && state->second == Value(true);
}

}  // namespace

TEST_CASE("without a configured device there are none") {
  PluginRun run("simulated");
  CHECK(run.refusal().empty());
  run.stop();
  CHECK(run.shown().empty());
}

TEST_CASE("a configured light is declared with its state and can be switched") {
  PluginRun run("simulated", config({{"hall", "light"}}));
  const auto light = run.wait_for("simulated:hall", [](auto& s) { return s.states.contains("on_off"); });
  CHECK(light.declared.address == "hall");
  CHECK(light.declared.name == "hall");
  CHECK_FALSE(on(light));
  CHECK(run.command("simulated:hall", "on_off", true).status == HEARTH_OK);
  CHECK(on(run.shown()["simulated:hall"]));
}

TEST_CASE("a plug's power is reported before its command ends") {
  PluginRun run("simulated", config({{"kettle", "plug"}}));
  REQUIRE(run.command("simulated:kettle", "on_off", true).status == HEARTH_OK);
  CHECK(std::get<double>(run.shown()["simulated:kettle"].states.at("power")) > 0);
}

TEST_CASE("a running plug reports its energy as time goes by") {
  PluginRun run("simulated", config({{"kettle", "plug"}}, 0.05));
  REQUIRE(run.command("simulated:kettle", "on_off", true).status == HEARTH_OK);
  run.wait_for("simulated:kettle", [](auto& s) { return std::get<double>(s.states.at("energy")) > 0; });
}

TEST_CASE("a slow device takes its time and holds up no other") {
  PluginRun run("simulated", config({{"slow", "light", 300}, {"quick", "light"}}));
  const auto slow = run.send(hearth::Command{"simulated:slow", "on_off", true});
  CHECK(run.command("simulated:quick", "on_off", true).status == HEARTH_OK);
  CHECK_FALSE(on(run.shown()["simulated:slow"]));
  CHECK(run.answer(slow).status == HEARTH_OK);
  CHECK(on(run.shown()["simulated:slow"]));
}

TEST_CASE("a device that always fails says so and keeps its state") {
  PluginRun run("simulated", config({{"moody", "light", 0, 1.0}}));
  const auto answer = run.command("simulated:moody", "on_off", true);
  CHECK(answer.status == HEARTH_FAILED);
  CHECK(answer.words == "simulated failure");
  CHECK_FALSE(on(run.shown()["simulated:moody"]));
}

TEST_CASE("a dead device is declared unreachable and answers only when the plugin stops") {
  PluginRun run("simulated", config({{"dead", "light", 0, 0, false}, {"alive", "light"}}));
  CHECK_FALSE(run.wait_for("simulated:dead").reachable);
  CHECK_FALSE(run.shown()["simulated:dead"].reason.empty());
  const auto dead = run.send(hearth::Command{"simulated:dead", "on_off", true});
  CHECK(run.command("simulated:alive", "on_off", true).status == HEARTH_OK);
  run.stop();
  CHECK(run.answer(dead).status == HEARTH_CANCELLED);
}

TEST_CASE("an address that someone wants becomes a light of that id, once") {
  PluginRun run("simulated");
  const auto first = run.want("lamp 7", "Lamp");
  REQUIRE(first.status == HEARTH_OK);
  CHECK(first.taken.device == "simulated:lamp 7");
  CHECK(run.shown()["simulated:lamp 7"].declared.name == "Lamp");
  CHECK(run.command("simulated:lamp 7", "on_off", true).status == HEARTH_OK);
  CHECK(run.want("lamp 7", "Other").taken.device == "simulated:lamp 7");
  CHECK(run.shown()["simulated:lamp 7"].declarations == 1);
  CHECK(on(run.shown()["simulated:lamp 7"]));
}

TEST_CASE("an address that is no id is refused") {
  PluginRun run("simulated");
  for (const auto* address : {"", "two\nlines"}) CHECK(run.want(address).status == HEARTH_INVALID);
  CHECK(run.want(std::string(129, 'x')).status == HEARTH_INVALID);
  CHECK(run.want(std::string(128, 'x')).status == HEARTH_OK);
}

TEST_CASE("two devices of one id are refused at the start, with the id in the words") {
  PluginRun run("simulated", config({{"hall", "light"}, {"hall", "plug"}}));
  CHECK(run.refusal().find("'hall'") != std::string::npos);
}

TEST_CASE("a device that the house deleted is declared anew when it is wanted again") {
  PluginRun run("simulated");
  REQUIRE(run.want("lamp").status == HEARTH_OK);
  REQUIRE(run.command("simulated:lamp", "on_off", true).status == HEARTH_OK);
  run.removed("simulated:lamp");
  REQUIRE(run.want("lamp").status == HEARTH_OK);
  CHECK(run.shown()["simulated:lamp"].declarations == 2);
  CHECK_FALSE(on(run.shown()["simulated:lamp"]));
}
