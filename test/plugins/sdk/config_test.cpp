// Config: what a plugin reads of its configuration.
#include "hearth/config.hpp"

#include <catch2/catch.hpp>
#include <functional>

using Catch::Matchers::Contains;
using hearth::Config;

namespace {

Config config(const std::function<void(flexbuffers::Builder&)>& fill) {
  flexbuffers::Builder builder;
  builder.Map([&] { fill(builder); });
  builder.Finish();
  const auto& bytes = builder.GetBuffer();
  return Config({bytes.data(), bytes.size()});  // copies
}

Config sample() {
  return config([](flexbuffers::Builder& b) {
    b.String("host", "lamp.example");
    b.Bool("inverted", true);
    b.Int("port", 9999);
    b.Double("gain", 2.5);
    b.Int("negative", -3);
    b.Vector("names", [&] {
      b.String("a");
      b.String("b");
    });
    b.Map("limits", [&] { b.Int("most", 7); });
    b.Vector("leds", [&] {
      b.Map([&] { b.String("id", "green"); });
      b.Map([&] { b.String("id", "red"); });
    });
  });
}

}  // namespace

TEST_CASE("getters yield what stands there") {
  const auto c = sample();
  CHECK(c.text("host") == "lamp.example");
  CHECK(c.flag("inverted"));
  CHECK(c.integer("port") == 9999);
  CHECK(c.integer("negative") == -3);
  CHECK(c.number("gain") == 2.5);
  CHECK(c.milliseconds("port") == std::chrono::milliseconds(9999));
  CHECK(c.texts("names") == std::vector<std::string>{"a", "b"});
  CHECK(c.has("host"));
  CHECK_FALSE(c.has("hosts"));
}

TEST_CASE("an integer may be read as a number") { CHECK(sample().number("port") == 9999.0); }

TEST_CASE("tables and lists of tables are configurations of their own, which outlive the first") {
  Config limits;
  std::vector<Config> leds;
  {
    const auto c = sample();
    limits = c.table("limits");
    leds = c.tables("leds");
  }
  CHECK(limits.integer("most") == 7);
  REQUIRE(leds.size() == 2);
  CHECK(leds[0].text("id") == "green");
  CHECK(leds[1].text("id") == "red");
}

TEST_CASE("a getter for what is absent throws and names the key") {
  const auto c = sample();
  CHECK_THROWS_WITH(c.text("hosts"), Contains("'hosts'"));
  CHECK_THROWS_WITH(c.flag("hosts"), Contains("'hosts'"));
  CHECK_THROWS_WITH(c.integer("hosts"), Contains("'hosts'"));
  CHECK_THROWS_WITH(c.number("hosts"), Contains("'hosts'"));
}

TEST_CASE("a getter for what is of another type throws and says what it expected") {
  const auto c = sample();
  CHECK_THROWS_WITH(c.text("port"), Contains("is not text"));
  CHECK_THROWS_WITH(c.flag("port"), Contains("is not true or false"));
  CHECK_THROWS_WITH(c.integer("host"), Contains("is not an integer"));
  CHECK_THROWS_WITH(c.integer("gain"), Contains("is not an integer"));
  CHECK_THROWS_WITH(c.number("host"), Contains("is not a number"));
}

TEST_CASE("a fallback stands in for what is absent, not for what is wrong") {
  const auto c = sample();
  CHECK(c.text("hosts", "other") == "other");
  CHECK(c.text("host", "other") == "lamp.example");
  CHECK(c.flag("absent", true));
  CHECK(c.integer("absent", 4) == 4);
  CHECK(c.number("absent", 0.5) == 0.5);
  CHECK_THROWS(c.integer("host", 4));
}

TEST_CASE("absent lists and tables are empty") {
  const auto c = sample();
  CHECK(c.texts("absent").empty());
  CHECK(c.tables("absent").empty());
  CHECK_FALSE(c.table("absent").has("anything"));
}

TEST_CASE("no configuration at all has no keys") {
  for (const auto& c : {Config(), Config(hearth_bytes{nullptr, 0}), config([](flexbuffers::Builder&) {})}) {
    CHECK_FALSE(c.has("host"));
    CHECK(c.tables("leds").empty());
    CHECK(c.text("host", "none") == "none");
  }
}
