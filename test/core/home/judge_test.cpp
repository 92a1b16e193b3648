// What a plugin may declare, and what a capability may hold.
#include "core/home/judge.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace hearth;
using namespace hearth::core;

namespace {

DeviceDeclared plug() {
  DeviceDeclared d;
  d.device = "tplink:8006E";
  d.capabilities = {"on_off"};
  return d;
}

bool accepted(DeviceDeclared d, std::string_view owner = "tplink") {
  return judge_declaration(d, owner).ok();
}

// As it arrives from the wire, which fills in nothing.
Capability bare(const std::string& name, ValueType type) {
  Capability c;
  c.name = name;
  c.type = type;
  return c;
}

}  // namespace

TEST_CASE("a plain declaration is accepted") { CHECK(accepted(plug())); }

TEST_CASE("an id has to begin with its owner's, and to go on") {
  for (const std::string id :
       {"", "tplink", "tplink:", "tplinkx:1", "meross:1", "TPLINK:1", "tplink:a\nb", "tplink:\xff"}) {
    CAPTURE(id);
    auto d = plug();
    d.device = id;
    CHECK_FALSE(accepted(d));
  }
  auto d = plug();
  d.device = "tplink:" + std::string(kMaxDeviceId, 'x');
  CHECK_FALSE(accepted(d));
  d = plug();
  d.replaces = "meross:1";
  CHECK_FALSE(accepted(d));
}

TEST_CASE("texts with control characters, C1 ones included, broken UTF-8 or too many bytes are refused") {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\x1b[2J"), std::string("\xc2\x9b"),
                                  std::string("\xc3"), std::string("\x7f"), std::string(kMaxName + 1, 'x')}) {
    for (auto member : {&DeviceDeclared::name, &DeviceDeclared::location, &DeviceDeclared::address,
                        &DeviceDeclared::kind, &DeviceDeclared::reason}) {
      auto d = plug();
      d.*member = text;
      CHECK_FALSE(accepted(d));
    }
  }
  auto d = plug();
  d.name =
      "K\xc3\xbc"
      "che \xe2\x98\x80";
  CHECK(accepted(d));
}

TEST_CASE("capabilities that contradict the vocabulary are refused") {
  const auto refused = [](Capability c) {
    auto d = plug();
    d.capabilities = {std::move(c)};
    return !accepted(d);
  };
  CHECK(refused(bare("on_off", ValueType::kInteger)));
  CHECK(refused(bare("unheard_of", ValueType::kBool)));
  CHECK(refused(bare("vendor.thing", ValueType::kNone)));
  CHECK(refused(bare("Vendor.Thing", ValueType::kBool)));
  CHECK(refused(bare("", ValueType::kBool)));
  CHECK(refused(Capability("brightness").range(0, 200)));
  CHECK(refused(Capability("brightness").range(50, 10)));
  CHECK(refused(Capability("brightness").range(0, std::numeric_limits<double>::infinity())));
  auto settable = Capability("motion");
  settable.writable = true;
  CHECK(refused(settable));
  auto unit = Capability("brightness");
  unit.unit = "furlong";
  CHECK(refused(unit));
  CHECK_FALSE(refused(Capability("vendor.thing", ValueType::kText, "", true)));
  CHECK_FALSE(refused(Capability("color_temperature").range(2500, 9000)));
}

TEST_CASE("a capability must not stand there twice, and 64 are the most") {
  auto d = plug();
  d.capabilities = {"on_off", "on_off"};
  CHECK_FALSE(accepted(d));
  d.capabilities.clear();
  for (std::size_t i = 0; i <= kMaxCapabilities; ++i)
    d.capabilities.push_back(bare("vendor.n" + std::to_string(i), ValueType::kBool));
  CHECK_FALSE(accepted(d));
  d.capabilities.pop_back();
  CHECK(accepted(d));
}

TEST_CASE("a range and a unit that were left out are the vocabulary's, so nothing is widened by silence") {
  auto d = plug();
  d.capabilities = {bare("brightness", ValueType::kInteger)};
  REQUIRE(judge_declaration(d, "tplink").ok());
  CHECK(d.capabilities[0].max == 100);
  CHECK(d.capabilities[0].unit == "%");
  CHECK_FALSE(judged(std::int64_t{101}, d.capabilities[0]).ok());
}

TEST_CASE("numbers and integers become each other where nothing is lost") {
  CHECK(*judged(40.0, Capability("brightness")) == Value(std::int64_t{40}));
  CHECK_FALSE(judged(40.5, Capability("brightness")).ok());
  CHECK(*judged(std::int64_t{21}, Capability("temperature")) == Value(21.0));
  CHECK_FALSE(judged(true, Capability("brightness")).ok());
  CHECK_FALSE(judged(Value(), Capability("on_off")).ok());
}

TEST_CASE("a value outside the range or not finite is refused") {
  CHECK(judged(std::int64_t{0}, Capability("brightness")).ok());
  CHECK(judged(std::int64_t{100}, Capability("brightness")).ok());
  CHECK_FALSE(judged(std::int64_t{-1}, Capability("brightness")).ok());
  CHECK_FALSE(judged(std::int64_t{101}, Capability("brightness")).ok());
  CHECK_FALSE(judged(std::numeric_limits<double>::quiet_NaN(), Capability("power")).ok());
  CHECK_FALSE(judged(std::numeric_limits<double>::infinity(), Capability("power")).ok());
  CHECK_FALSE(judged(Color{361, 0}, Capability("color")).ok());
  CHECK_FALSE(judged(Color{0, std::numeric_limits<double>::quiet_NaN()}, Capability("color")).ok());
}

TEST_CASE("#rrggbb is a color") {
  CHECK(*judged(std::string("#FF0000"), Capability("color")) == Value(Color{0, 100}));
  CHECK(*judged(std::string("#00ff00"), Capability("color")) == Value(Color{120, 100}));
  CHECK(*judged(std::string("#0000FF"), Capability("color")) == Value(Color{240, 100}));
  CHECK(*judged(std::string("#ffffff"), Capability("color")) == Value(Color{0, 0}));
  CHECK(*judged(std::string("#000000"), Capability("color")) == Value(Color{0, 0}));
  for (const std::string text : {"", "#", "red", "#12345", "#1234567", "#-12345", "#12345g", "123456#"})
    CHECK_FALSE(judged(text, Capability("color")).ok());
}

TEST_CASE("a text is UTF-8 without U+0000 inside its length") {
  const Capability text("vendor.text", ValueType::kText);
  CHECK(judged(std::string("line\nline"), text).ok());
  CHECK_FALSE(judged(std::string("a\0b", 3), text).ok());
  CHECK_FALSE(judged(std::string("\xff"), text).ok());
  CHECK_FALSE(judged(std::string(kMaxText + 1, 'x'), text).ok());
  CHECK_FALSE(judged(std::string("12345"), Capability("vendor.text", ValueType::kText).range(0, 4)).ok());
}

TEST_CASE("what can only be read can't be wished") {
  CHECK(judged(1.0, Capability("power")).ok());
  CHECK_FALSE(judged_wish(1.0, Capability("power")).ok());
}
