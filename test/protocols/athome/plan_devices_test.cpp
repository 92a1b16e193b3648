// What an import makes of a device's row, and what it says about it.
#include "plans.hpp"

using namespace hearth;
using namespace hearth::test;

TEST_CASE("a device whose make nobody knows keeps a driver's id made of it, and that is noted") {
  const auto made = bent_device([](auto& row) { row.mfg = "Acme & Co."; });
  CHECK(made.house.devices[0].driver == "acme___co_");
  CHECK(made.notes == Notes{"device 4: no driver for \"Acme & Co.\", it stays unreachable"});
  CHECK(bent_device([](auto& row) { row.mfg = ""; }).house.devices[0].driver == "unknown");
  CHECK(bent_device([](auto& row) { row.mfg = "3com"; }).house.devices[0].driver == "unknown3com");
}

TEST_CASE("a name that can't be is bent, and that is noted") {
  const std::string long_name(300, 'x');
  const std::pair<std::string, std::string> names[] = {
      {"", "device 4"},
      {"a\nb", "a b"},
      {std::string("a\0b", 3), "a b"},
      {"a\x7f", "a "},
      {long_name, long_name.substr(0, 256)},
      {std::string(255, 'x') + "ü", std::string(255, 'x')},
      {"a\xff", "a\xef\xbf\xbd"},
  };
  for (const auto& [given, kept] : names) {
    const auto made = bent_device([name = given](auto& row) { row.name = name; });
    CHECK(made.house.devices[0].name == kept);
    CHECK(made.notes == Notes{"device 4: its name is \"" + kept + "\" now"});
  }
}

TEST_CASE("an address that can't be is bent, and that is noted") {
  const auto none = bent_device([](auto& row) { row.address = ""; });
  CHECK(none.house.devices[0].address == "unset-4");
  CHECK(none.notes == Notes{"device 4: its address is \"unset-4\" now"});
  const auto cut = bent_device([](auto& row) { row.address = std::string(5000, 'x'); });
  CHECK(cut.house.devices[0].address == std::string(100, 'x'));
  CHECK(cut.notes.size() == 1);
}

TEST_CASE("a channel is 0 to 255, and what isn't is 0 and noted") {
  const std::tuple<std::string, std::int32_t, bool> channels[] = {
      {"0", 0, false},
      {"", 0, false},
      {"3", 3, false},
      {"255", 255, false},
      {"256", 0, true},
      {"-1", 0, true},
      {"two", 0, true},
      {"1.0", 0, true},
      {" 1", 0, true},
      {"1x", 0, true},
      {"99999999999999999999", 0, true},
  };
  for (const auto& [text, channel, noted] : channels) {
    INFO(text);
    const auto made = bent_device([said = text](auto& row) { row.channel = said; });
    CHECK(made.house.devices[0].channel == channel);
    CHECK(made.notes == (noted ? Notes{"device 4: its channel is 0 now"} : Notes{}));
  }
}

TEST_CASE("a device's brightness is 0 to 100, and what isn't is left out and noted") {
  for (const std::int64_t percent : {0, 55, 100}) {
    const auto made = bent_device([&](auto& row) { row.brightness = std::to_string(percent); });
    CHECK(made.presets[0].brightness == percent);
    CHECK(made.notes.empty());
  }
  for (const std::string wrong : {"101", "-1", "50%", "5.0", "bright", "99999999999999999999"}) {
    const auto made = bent_device([&](auto& row) { row.brightness = wrong; });
    CHECK_FALSE(made.presets[0].brightness);
    CHECK(made.notes == Notes{"device 4: its brightness \"" + wrong + "\" is left out"});
  }
}

TEST_CASE("a colour is read in the forms that databases have, and what is none is left out and noted") {
  const std::pair<std::string, std::string> colors[] = {
      {"#12AB34", "#12AB34"}, {"12AB34", "#12AB34"}, {"8800", "#008800"}, {"0", "#000000"}, {"", ""}};
  for (const auto& [text, color] : colors) {
    const auto made = bent_device([said = text](auto& row) { row.color = said; });
    CHECK(made.presets[0].color == color);
    CHECK(made.notes.empty());
  }
  for (const std::string wrong : {"red", "#123", "#12345G", "1234567", "#", "-1"}) {
    const auto made = bent_device([&](auto& row) { row.color = wrong; });
    CHECK(made.presets[0].color.empty());
    CHECK(made.notes == Notes{"device 4: its colour \"" + wrong + "\" is left out"});
  }
}
