// From a client's words to commands, and from their ends to one.
#include "protocols/common/orders.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "hearth/net/json.hpp"

using namespace hearth;
using protocols::Orders;
using protocols::Wish;

namespace {

House::Device lamp() {
  House::Device device;
  device.device = "sim:a";
  device.name = "Lamp";
  device.capabilities = {"on_off", "brightness", "color"};
  return device;
}

Result<std::vector<Wish>> wishes_of(std::string_view verb, std::string_view args,
                                    const House::Device& device = lamp(), std::string_view besides = {}) {
  const auto parsed = net::json::parse(args);
  REQUIRE(parsed.ok());
  return protocols::wishes_of(verb, parsed->as_object(), device, besides);
}

// "on_off=true brightness=40", or the words of the refusal.
std::string read(std::string_view verb, std::string_view args, const House::Device& device = lamp(),
                 std::string_view besides = {}) {
  const auto wishes = wishes_of(verb, args, device, besides);
  if (!wishes.ok()) return wishes.error().words;
  std::string all;
  for (const auto& [capability, value] : *wishes) {
    all += (all.empty() ? "" : " ") + capability + "=";
    if (const auto* flag = std::get_if<bool>(&value)) all += *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) all += std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) all += *text;
  }
  return all;
}

struct Setup {
  std::vector<std::string> asked;
  std::vector<std::function<void(const CommandDone&)>> dones;
  std::vector<std::string> ended;  // "ok", or words
  bool at_once = false;            // every command ends well before it has begun
  std::unique_ptr<Orders> orders = std::make_unique<Orders>(
      [this](const std::string& device, const std::string& capability, const Value&, auto done) {
        asked.push_back(device + " " + capability);
        if (at_once) {
          done(CommandDone{device, capability, Outcome::kOk, {}});
        } else {
          dones.push_back(std::move(done));
        }
        return Handle();
      });

  void run(std::vector<Wish> wishes) {
    orders->run("sim:a", std::move(wishes),
                [this](const Status& how) { ended.push_back(how.ok() ? "ok" : how.error().words); });
  }
  void end(std::size_t which, Outcome outcome = Outcome::kOk, const std::string& words = {}) {
    const auto done = dones.at(which);
    done({"sim:a", "x", outcome, words});
  }
};

const std::vector<Wish> kTwo{{"on_off", true}, {"brightness", std::int64_t{40}}};

}  // namespace

TEST_CASE("on and off switch, in any capitals, and carry capabilities behind that") {
  CHECK(read("on", "{}") == "on_off=true");
  CHECK(read("OFF", "{}") == "on_off=false");
  CHECK(read("On", R"({"brightness":40,"color":"#ff8000"})") == "on_off=true brightness=40 color=#ff8000");
  CHECK(read("off", R"({"brightness":0})") == "on_off=false brightness=0");
}

TEST_CASE("toggling needs a reported state") {
  auto device = lamp();
  CHECK(read("toggle", "{}", device) == "Lamp hasn't said yet whether it is on");
  device.states["on_off"] = {true, 0};
  CHECK(read("toggle", "{}", device) == "on_off=false");
  device.states["on_off"] = {false, 0};
  CHECK(read("Toggle", R"({"brightness":9})", device) == "on_off=true brightness=9");
}

TEST_CASE("set takes capabilities alone, the switch among them") {
  CHECK(read("set", R"({"brightness":40})") == "brightness=40");
  CHECK(read("set", R"({"on_off":"on","brightness":1})") == "on_off=true brightness=1");
  CHECK(read("set", "{}") == "set needs a capability and its value");
}

TEST_CASE("the key beside the capabilities is no capability") {
  CHECK(read("set", R"({"command":"set","brightness":40})", lamp(), "command") == "brightness=40");
  CHECK(read("set", R"({"command":"set"})", lamp(), "command") == "set needs a capability and its value");
  CHECK(read("set", R"({"command":"set"})") == "Lamp has no capability command");
}

TEST_CASE("what can't be wanted is refused in words") {
  CHECK(read("dance", "{}") == "unknown command dance: on, off, toggle and set are known");
  CHECK(read("", "{}") == "unknown command : on, off, toggle and set are known");
  CHECK(read(std::string(100, 'x'), "{}") ==
        "unknown command " + std::string(80, 'x') + ": on, off, toggle and set are known");
  CHECK(read("on", R"({"power":1})") == "Lamp has no capability power");
  CHECK(read("on", R"({"on_off":true})") == "on_off contradicts the command");
  CHECK(read("set", R"({"brightness":"x"})") == "brightness is a number");
  auto sensor = lamp();
  sensor.name.clear();
  sensor.capabilities = {"temperature"};
  for (const auto* verb : {"on", "off", "toggle"})
    CHECK(read(verb, "{}", sensor) == "sim:a has no capability on_off");
}

TEST_CASE("an order ends once, when the last of its commands has") {
  Setup one;
  one.run(kTwo);
  CHECK(one.asked == std::vector<std::string>{"sim:a on_off", "sim:a brightness"});
  CHECK(one.orders->open() == 1);
  one.end(1);
  CHECK(one.ended.empty());
  one.end(0);
  CHECK(one.ended == std::vector<std::string>{"ok"});
  CHECK(one.orders->open() == 0);
  one.end(0);
  CHECK(one.ended.size() == 1);
}

TEST_CASE("the words are those of the first that failed") {
  Setup one;
  one.run({{"a", true}, {"b", true}, {"c", true}});
  one.end(2);
  one.end(1, Outcome::kTimeout, "too late");
  one.end(0, Outcome::kError, "something else");
  CHECK(one.ended == std::vector<std::string>{"too late"});
  one.run({{"a", true}});
  one.end(3, Outcome::kBusy);
  CHECK(one.ended.back() == "busy");
}

TEST_CASE("commands may end before the call that began them returns") {
  Setup one;
  one.at_once = true;
  one.run(kTwo);
  CHECK(one.asked.size() == 2);
  CHECK(one.ended == std::vector<std::string>{"ok"});
  CHECK(one.orders->open() == 0);
}

TEST_CASE("an order of nothing is done") {
  Setup one;
  one.run({});
  CHECK(one.ended == std::vector<std::string>{"ok"});
}

TEST_CASE("orders don't mix, and one may begin another when it ends") {
  Setup one;
  one.orders->run("sim:a", {{"a", true}}, [&](const Status&) { one.run({{"b", true}}); });
  one.run({{"c", true}});
  CHECK(one.orders->open() == 2);
  one.end(0);
  CHECK(one.orders->open() == 2);
  one.end(1);
  CHECK(one.ended.size() == 1);
  one.end(2, Outcome::kError, "no");
  CHECK(one.ended == std::vector<std::string>{"ok", "no"});
}

TEST_CASE("what is open when the orders end is not told") {
  Setup one;
  const auto kept = std::make_shared<int>(0);
  one.orders->run("sim:a", {{"a", true}}, [kept](const Status&) { ++*kept; });
  CHECK(kept.use_count() == 2);
  one.orders.reset();
  CHECK(kept.use_count() == 1);
  CHECK(*kept == 0);
}

TEST_CASE("a command whose place a newer one has taken hasn't failed") {
  Setup house;
  house.run(kTwo);
  house.end(0, Outcome::kSuperseded, "superseded by a newer command");
  house.end(1);
  CHECK(house.ended == std::vector<std::string>{"ok"});
}
