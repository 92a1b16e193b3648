// The tplink driver as home meets it, against real servers: the good device, the silent and the hostile.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>

#include "test/drivers/common/plugin_run.hpp"
#include "test/drivers/tplink/fake_device.hpp"
#include "test/drivers/tplink/fixtures.hpp"

using hearth::Value;
using hearth::test::PluginRun;

namespace {

const std::string kId = "8006AAAA00000000000000000000000000000001";
const std::string kFull = "tplink:" + kId;

PluginRun::Fill config(const std::vector<std::string>& hosts, double poll_s = 0.2,
                       const std::string& name = {}) {
  return [=](flexbuffers::Builder& b) {
    b.Bool("discover", false);
    b.Double("poll_s", poll_s);
    b.Double("metered_poll_s", poll_s);
    b.Vector("device", [&] {
      for (const auto& host : hosts)
        b.Map([&] {
          b.String("host", host);
          if (!name.empty()) b.String("name", name);
        });
    });
  };
}

bool is_on(const PluginRun::Shown& shown, bool on) {
  const auto state = shown.states.find("on_off");
  return state != shown.states.end() && state->second == Value(on);
}

const auto kReachable = [](const PluginRun::Shown& shown) { return shown.reachable && !shown.gone; };

}  // namespace

TEST_CASE("a plug goes by its address until its own id is known, and takes its name from the app") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}));
  const auto shown = run.wait_for(kFull, [](auto& s) { return s.states.contains("signal"); });
  CHECK(shown.declared.replaces == "tplink:@" + plug.device.host());
  CHECK(shown.declared.name == "Fake");
  CHECK(shown.declared.address == plug.device.host());
  CHECK(shown.declared.kind == "plug");
  CHECK(shown.reachable);
  REQUIRE(shown.declared.capabilities.size() == 2);
  CHECK(is_on(shown, false));
  CHECK(shown.states.at("signal") == Value(std::int64_t{-40}));
  const auto before = run.shown()["tplink:@" + plug.device.host()];
  CHECK(before.gone);
  CHECK_FALSE(before.declared.reachable);
  CHECK_FALSE(before.declared.reason.empty());
}

TEST_CASE("a configured name wins over the app's") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 15, "Lamp"));
  CHECK(run.wait_for(kFull).declared.name == "Lamp");
}

TEST_CASE("a command switches the relay, then its state is reported") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 15));
  run.wait_for(kFull);
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(plug.on);
  CHECK(is_on(run.shown()[kFull], true));
  CHECK(run.command(kFull, "on_off", false).status == HEARTH_OK);
  CHECK_FALSE(plug.on);
  CHECK(plug.device.most_at_once() <= 2);  // the fake notices an end a little late
}

TEST_CASE("after a command the device is asked soon whether it really did it") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 3600));
  run.wait_for(kFull);
  plug.device.answer_with([&](const std::string& request) {
    auto reply = plug.answer(request);
    plug.on = false;  // says yes and doesn't do it
    return reply;
  });
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  run.wait_for(kFull, [](auto& s) { return is_on(s, false); });
}

TEST_CASE("a change made by hand is seen at the next poll") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}));
  run.wait_for(kFull, [](auto& s) { return is_on(s, false); });
  plug.on = true;
  run.wait_for(kFull, [](auto& s) { return is_on(s, true); });
}

TEST_CASE("a metered plug reports W, Wh, V and A, from old and new firmware alike") {
  for (const auto& meter : {fixture::kOldMeter, fixture::kNewMeter}) {
    FakeDevice device([&](const std::string&) { return FakeDevice::framed(fixture::metered(meter)); });
    PluginRun run("tplink", config({device.host()}));
    const auto shown = run.wait_for("tplink:8006AAAA00000000000000000000000000000002",
                                    [](auto& s) { return s.states.contains("current"); });
    CHECK(shown.declared.capabilities.size() == 6);
    CHECK(std::get<double>(shown.states.at("power")) == Approx(115.25));
    CHECK(std::get<double>(shown.states.at("energy")) == Approx(1500));
    CHECK(std::get<double>(shown.states.at("voltage")) == Approx(230.5));
  }
}

TEST_CASE("a strip of outlets is shown with its signal only") {
  FakeDevice device([](const std::string&) { return FakeDevice::framed(fixture::kStrip); });
  PluginRun run("tplink", config({device.host()}, 15));
  const auto shown = run.wait_for("tplink:8006CCCC00000000000000000000000000000006");
  REQUIRE(shown.declared.capabilities.size() == 1);
  CHECK(shown.declared.capabilities[0].name == "signal");
}

TEST_CASE("a device that isn't there is unreachable, with words") {
  std::string host;
  {
    FakePlug gone;
    host = gone.device.host();
  }
  PluginRun run("tplink", config({host}));
  const auto shown =
      run.wait_for("tplink:@" + host, [](auto& s) { return s.reason.find("refused") != std::string::npos; });
  CHECK_FALSE(shown.reachable);
}

TEST_CASE("a device that went away is unreachable, is tried at once for a command, and comes back with it") {
  auto plug = std::make_unique<FakePlug>();
  const auto port = plug->device.port();
  PluginRun run("tplink", config({plug->device.host()}));
  run.wait_for(kFull, kReachable);
  plug.reset();
  run.wait_for(kFull, [](auto& s) { return !s.reachable && !s.reason.empty(); });
  const auto failed = run.command(kFull, "on_off", true);
  CHECK(failed.status == HEARTH_UNREACHABLE);
  CHECK_FALSE(failed.words.empty());
  plug = std::make_unique<FakePlug>(kId, port);
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(plug->on);
  CHECK(run.shown()[kFull].reachable);
}

TEST_CASE("a stranger at a known address is never switched") {
  auto plug = std::make_unique<FakePlug>();
  const auto port = plug->device.port();
  PluginRun run("tplink", config({plug->device.host()}));
  run.wait_for(kFull, kReachable);
  plug.reset();
  run.wait_for(kFull, [](auto& s) { return !s.reachable; });
  FakePlug stranger("8006FFFF00000000000000000000000000000009", port);
  const auto answer = run.command(kFull, "on_off", true);
  CHECK(answer.status == HEARTH_UNREACHABLE);
  CHECK(answer.words.find("another device") != std::string::npos);
  CHECK_FALSE(stranger.on);
  for (const auto& request : stranger.device.requests())
    CHECK(request.find("set_relay_state") == std::string::npos);
  CHECK(run.shown()[kFull].reason.find("another device") != std::string::npos);
  CHECK_FALSE(run.shown().contains("tplink:" + stranger.id));
}

TEST_CASE("a stranger is recognised after a restart too, and the device keeps its id from the start") {
  std::vector<std::uint8_t> saved;
  std::uint16_t port = 0;
  {
    FakePlug plug;
    port = plug.device.port();
    PluginRun run("tplink", config({plug.device.host()}));
    run.wait_for(kFull,
                 [](auto& shown) { return shown.states.contains("signal"); });  // told after it has been kept
    saved = run.saved();
  }
  FakePlug stranger("8006FFFF00000000000000000000000000000009", port);
  PluginRun run("tplink", config({stranger.device.host()}), saved);
  run.wait_for(kFull, [](auto& s) { return s.reason.find("another device") != std::string::npos; });
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_UNREACHABLE);
  CHECK_FALSE(stranger.on);
  CHECK_FALSE(run.shown().contains("tplink:@" + stranger.device.host()));
}

TEST_CASE("two devices that change their addresses between them are found again under their own ids") {
  const std::string other_id = "8006AAAA00000000000000000000000000000007";
  auto one = std::make_unique<FakePlug>(kId), two = std::make_unique<FakePlug>(other_id);
  const auto port_one = one->device.port(), port_two = two->device.port();
  PluginRun run("tplink", config({one->device.host(), two->device.host()}));
  run.wait_for(kFull, kReachable);
  run.wait_for("tplink:" + other_id, kReachable);
  one.reset();
  two.reset();
  run.wait_for(kFull, [](auto& s) { return !s.reachable; });
  run.wait_for("tplink:" + other_id, [](auto& s) { return !s.reachable; });
  FakePlug two_again(other_id, port_one), one_again(kId, port_two);
  run.wait_for(kFull, kReachable);
  run.wait_for("tplink:" + other_id, kReachable);
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(one_again.on);
  CHECK_FALSE(two_again.on);
}

TEST_CASE("hostile and broken replies make the device unreachable with words and are survived") {
  const auto [reply, words] = GENERATE(table<FakeReply, std::string>({
      {{"", false, false, false}, "without a reply"},
      {{std::string("\0\0\1", 3), false, false, false}, "in the middle"},
      {{std::string("\0\0\0\0", 4), false, true, false}, "0 bytes"},
      {{std::string("\xff\xff\xff\xff", 4), false, true, false}, "4294967295 bytes"},
      {{std::string("\0\0\0\x08"
                    "gibberish",
                    13),
        false, true, false},
       "can't be read"},
      {FakeDevice::framed("[1,2,3]"), "no JSON object"},
      {FakeDevice::framed(R"({"system":{"err_code":-1,"err_msg":"module not support"}})"),
       "module not support"},
      {FakeDevice::framed(std::string(10000, '[')), "can't be read"},
      {FakeDevice::framed("{\"system\":\"\xff\xfe\"}"), "can't be read"},
      {{"", false, false, true}, ""},
  }));
  FakeDevice device([reply = reply](const std::string&) { return reply; });
  PluginRun run("tplink", config({device.host()}));
  const auto shown = run.wait_for("tplink:@" + device.host(), [&, words = words](auto& s) {
    return s.reason != "it has not answered yet" && s.reason.find(words) != std::string::npos;
  });
  CHECK_FALSE(shown.reachable);
}

TEST_CASE("an attempt that fails is repeated at once, without anyone noticing") {
  FakePlug plug;
  std::atomic<int> attempts = 0;
  plug.device.answer_with([&](const std::string& request) {
    if (attempts++ % 2 == 0) return FakeReply{"\1", false, false, true};
    return plug.answer(request);
  });
  PluginRun run("tplink", config({plug.device.host()}));
  run.wait_for(kFull, kReachable);
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(plug.on);
  run.stop();
  CHECK(run.log().find("unreachable") == std::string::npos);
}

TEST_CASE("a reply byte by byte, and one with another behind it, are as good as any") {
  FakePlug dribbling, doubled("8006AAAA00000000000000000000000000000008");
  dribbling.device.answer_with([&](const std::string& request) {
    auto reply = dribbling.answer(request);
    reply.byte_by_byte = true;
    return reply;
  });
  doubled.device.answer_with([&](const std::string& request) {
    auto reply = doubled.answer(request);
    reply.bytes += reply.bytes;
    return reply;
  });
  PluginRun run("tplink", config({dribbling.device.host(), doubled.device.host()}));
  run.wait_for(kFull, kReachable);
  run.wait_for("tplink:" + doubled.id, kReachable);
}

TEST_CASE("a device that refuses a command stays, and its words are handed on") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 15));
  run.wait_for(kFull);
  plug.device.answer_with([](const std::string&) {
    return FakeDevice::framed(
        R"({"system":{"set_relay_state":{"err_code":-3,"err_msg":"invalid argument"}}})");
  });
  const auto answer = run.command(kFull, "on_off", true);
  CHECK(answer.status == HEARTH_FAILED);
  CHECK(answer.words.find("invalid argument (-3)") != std::string::npos);
  CHECK(run.shown()[kFull].reachable);
}

TEST_CASE("a command doesn't wait for a poll that hangs") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}));
  run.wait_for(kFull);
  std::atomic<bool> hangs = false;
  plug.device.answer_with([&](const std::string& request) {
    if (request.find("get_sysinfo") == request.npos) return plug.answer(request);
    hangs = true;
    hangs.notify_all();
    return FakeReply{"", false, true, false};
  });
  hangs.wait(false);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
  CHECK(plug.on);
}

TEST_CASE("a silent device holds up no other, and its command ends in time") {
  FakePlug alive;
  FakeDevice silent([](const std::string&) { return FakeReply{"\1", false, true, false}; });
  std::vector<std::string> hosts(1, alive.device.host());
  hosts.push_back(silent.host());
  PluginRun run("tplink", config(hosts));
  run.wait_for(kFull, kReachable);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_OK);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
  const auto shown = run.wait_for("tplink:@" + silent.host(),
                                  [](auto& s) { return s.reason.find("in time") != std::string::npos; });
  CHECK_FALSE(shown.reachable);
}

TEST_CASE("a newer command replaces one that waits") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 15));
  run.wait_for(kFull);
  std::atomic<bool> go = false;
  plug.device.answer_with([&](const std::string& request) {
    go.wait(false);
    return plug.answer(request);
  });
  const auto first = run.send(hearth::Command{kFull, "on_off", true});
  const auto second = run.send(hearth::Command{kFull, "on_off", false});
  const auto third = run.send(hearth::Command{kFull, "on_off", true});
  CHECK(run.answer(second).status == HEARTH_SUPERSEDED);
  go = true;
  go.notify_all();
  CHECK(run.answer(first).status == HEARTH_OK);
  CHECK(run.answer(third).status == HEARTH_OK);
  CHECK(plug.on);
}

TEST_CASE("a wanted address is answered with the device's id once that is known") {
  FakePlug plug;
  PluginRun run("tplink", config({}));
  const auto answer = run.want(plug.device.host(), "Lamp");
  REQUIRE(answer.status == HEARTH_OK);
  CHECK(answer.taken.device == kFull);
  CHECK(run.shown()[kFull].declared.name == "Lamp");
  CHECK(run.want(plug.device.host()).taken.device == kFull);
  CHECK(run.want(kId).taken.device == kFull);
}

TEST_CASE("a wanted address where nothing answers is unreachable, what is none is refused") {
  std::string host;
  {
    FakePlug gone;
    host = gone.device.host();
  }
  PluginRun run("tplink", config({}));
  CHECK(run.want(host).status == HEARTH_UNREACHABLE);
  CHECK(run.want("no address").status == HEARTH_INVALID);
}

TEST_CASE("a device that the house deletes is left alone and forgotten") {
  FakePlug plug;
  PluginRun run("tplink", config({}));
  REQUIRE(run.want(plug.device.host()).status == HEARTH_OK);
  const auto before = run.saved().size();
  run.removed(kFull);
  CHECK(run.command(kFull, "on_off", true).status == HEARTH_UNREACHABLE);
  CHECK(run.saved().size() < before);
  CHECK_FALSE(plug.on);
}

TEST_CASE("stopping ends the commands under way") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}, 15));
  run.wait_for(kFull);
  plug.device.answer_with([](const std::string&) { return FakeReply{"", false, true, false}; });
  const auto under_way = run.send(hearth::Command{kFull, "on_off", true});
  run.stop();
  CHECK(run.answer(under_way).status == HEARTH_CANCELLED);
}

TEST_CASE("a host that is none stops the start, with words") {
  PluginRun run("tplink", config({"not an address"}));
  CHECK(run.refusal().find("not an address") != std::string::npos);
}

TEST_CASE("coordinates never reach the log or the house") {
  FakePlug plug;
  PluginRun run("tplink", config({plug.device.host()}));
  run.wait_for(kFull);
  run.command(kFull, "on_off", true);
  run.stop();
  CHECK(run.log().find("47.12") == std::string::npos);
  CHECK(run.log().find("8.654") == std::string::npos);
}
