// What an import makes of each row, and what it says about it.
#include "protocols/athome/import/plan.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/home/judge.hpp"

using namespace hearth;
using athome::Legacy;
using athome::Plan;
using athome::Preset;

namespace {

using Notes = std::vector<std::string>;
using Places = std::vector<std::uint32_t>;

bool is_driver(std::string_view id) { return id == "simulated" || id == "tplink"; }

// Into a house that has nothing yet.
Plan plan(const Legacy& legacy) { return athome::plan_import(legacy, House(), is_driver); }

Legacy::Device device(std::int64_t id) {
  return {id, "Lamp", "Hall", "dummy", "lamp-" + std::to_string(id), "0", "", ""};
}

Legacy::Program program(std::int64_t id) {
  return {id, "Evening", "MTWTFSS", "clock-time", "1900-01-01 17:45:00", "0", 0, "0", "on", "", ""};
}

// The plan of one device, of one program.
Plan plan_of(const Legacy::Device& device) {
  Legacy legacy;
  legacy.devices = {device};
  auto made = plan(legacy);
  REQUIRE(made.house.devices.size() == 1);
  return made;
}
Plan plan_of(const Legacy::Program& program) {
  Legacy legacy;
  legacy.programs = {program};
  auto made = plan(legacy);
  REQUIRE(made.house.programs.size() == 1);
  return made;
}
template <class Bend>
Plan bent_device(Bend bend) {
  auto row = device(4);
  bend(row);
  return plan_of(row);
}
template <class Bend>
Plan bent_program(Bend bend) {
  auto row = program(4);
  bend(row);
  return plan_of(row);
}

// Home's own rules.
void check_acceptable(const HouseImport& house) {
  for (const auto& d : house.devices)
    CHECK(core::judge_wanted({d.driver, d.address, d.channel, d.name, d.location}).ok());
  for (const auto& p : house.programs) CHECK(core::judge_program(p.program).ok());
  for (const auto& g : house.groups) CHECK((!g.name.empty() && core::is_clean(g.name, core::kMaxName)));
}

}  // namespace

TEST_CASE("what a house can hold is planned as it stands, without a note") {
  Legacy legacy;
  legacy.devices = {device(3), {7, "Küche", "Flur", "TPLink", "192.0.2.7", "2", "#12AB34", "55"}};
  legacy.groups = {{5, "All"}, {6, "None"}};
  legacy.programs = {program(9)};
  legacy.programs[0].offset = "-15";
  legacy.programs[0].randomize = 1;
  legacy.programs[0].randomizeamount = "30";
  legacy.programs[0].color = "#FF8800";
  legacy.programs[0].brightness = "40";
  legacy.members = {{5, 7}, {5, 3}};
  legacy.assignments = {{9, 7}};
  const auto made = plan(legacy);
  CHECK(made.notes.empty());
  CHECK(made.old_ids == std::vector<std::int64_t>{3, 7});
  REQUIRE(made.house.devices.size() == 2);
  const auto& d = made.house.devices[1];
  CHECK(d.number == 7);
  CHECK(d.driver == "tplink");
  CHECK(d.address == "192.0.2.7");
  CHECK(d.channel == 2);
  CHECK(d.name == "Küche");
  CHECK(d.location == "Flur");
  CHECK(made.house.devices[0].driver == "simulated");
  CHECK(made.presets == std::vector<Preset>{{}, {55, "#12AB34"}});
  REQUIRE(made.house.groups.size() == 2);
  CHECK(made.house.groups[0].number == 5);
  CHECK(made.house.groups[0].devices == Places{1, 0});
  CHECK(made.house.groups[1].devices.empty());
  REQUIRE(made.house.programs.size() == 1);
  const Program evening{"Evening", "MTWTFSS", ProgramTrigger::kClock, 63'900, -15,
                        true,      30,        ProgramCommand::kOn,    40,     "#FF8800"};
  CHECK(made.house.programs[0].number == 9);
  CHECK(made.house.programs[0].program == evening);
  CHECK(made.house.programs[0].devices == Places{1});
  CHECK(made.assignments == 1);
  CHECK(made.known_devices + made.known_groups + made.known_programs == 0);
}

TEST_CASE("nothing is planned of nothing") {
  const auto made = plan({});
  CHECK(made.house.devices.empty());
  CHECK(made.notes.empty());
}

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

TEST_CASE("groups and programs without a name get one") {
  Legacy legacy;
  legacy.groups = {{5, ""}};
  legacy.programs = {program(9)};
  legacy.programs[0].name = "";
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].name == "group 5");
  CHECK(made.house.programs[0].program.name == "program 9");
  CHECK(made.notes.size() == 2);
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

TEST_CASE("an id that can't be a number here becomes none, and its row is still the one that is named") {
  for (const std::int64_t id :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 20, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    Legacy legacy;
    legacy.devices = {device(1), device(id)};
    legacy.groups = {{id, "All"}};
    legacy.programs = {program(id)};
    legacy.members = {{id, id}};
    legacy.assignments = {{id, id}};
    const auto made = plan(legacy);
    CHECK(made.house.devices[1].number == 0);
    CHECK(made.house.groups[0].number == 0);
    CHECK(made.house.groups[0].devices == Places{1});
    CHECK(made.house.programs[0].number == 0);
    CHECK(made.house.programs[0].devices == Places{1});
    CHECK(made.old_ids[1] == id);
  }
}

TEST_CASE("members that name nothing are noted, those of groups that aren't there are nothing") {
  Legacy legacy;
  legacy.devices = {device(1)};
  legacy.groups = {{5, "All"}};
  legacy.programs = {program(9)};
  legacy.members = {{5, 77}, {5, 1}, {6, 1}};
  legacy.assignments = {{9, 78}, {10, 1}};
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices == Places{0});
  CHECK(made.house.programs[0].devices.empty());
  CHECK(made.notes == Notes{"group 5: there is no device 77", "program 9: there is no device 78"});
  CHECK(made.assignments == 2);
}

TEST_CASE("a device that is named twice is a member once") {
  Legacy legacy;
  legacy.devices = {device(1), device(2)};
  legacy.groups = {{5, "All"}};
  legacy.members = {{5, 2}, {5, 1}, {5, 2}};
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices == Places{1, 0});
  CHECK(made.notes.empty());
}

TEST_CASE("rows with the same id are all planned, and the last is the one that is named") {
  Legacy legacy;
  legacy.devices = {device(1), device(1)};
  legacy.devices[1].address = "elsewhere";
  legacy.groups = {{5, "All"}, {5, "All"}};
  legacy.members = {{5, 1}};
  const auto made = plan(legacy);
  CHECK(made.house.devices.size() == 2);
  REQUIRE(made.house.groups.size() == 2);
  CHECK(made.house.groups[0].devices == Places{1});
}

TEST_CASE("of more than 512 members the first are taken, and that is noted") {
  Legacy legacy;
  legacy.groups = {{5, "All"}};
  for (std::int64_t id = 1; id <= 600; ++id) {
    legacy.devices.push_back(device(id));
    legacy.members.emplace_back(5, id);
  }
  const auto made = plan(legacy);
  CHECK(made.house.groups[0].devices.size() == 512);
  CHECK(made.house.groups[0].devices.back() == 511);
  CHECK(made.notes == Notes{"group 5: only its first 512 devices"});
}

TEST_CASE("a mask of days becomes seven letters, and what had to be bent is noted") {
  const std::pair<std::string, std::string> masks[] = {
      {"MTWTFSS", "MTWTFSS"},  {"mtwtfss", "mtwtfss"},       {"MTWTF--", "MTWTF--"}, {".......", "......."},
      {"", "-------"},         {"MTW", "MTW----"},           {"1234567", "MTWTFSS"}, {"M TWTFS", "MTTWTFS"},
      {"MTWTFSSX", "MTWTFSS"}, {"MTWTF\xc3\xbc", "MTWTFSS"},
  };
  for (const auto& [said, days] : masks) {
    const auto made = bent_program([mask = said](auto& row) { row.daymask = mask; });
    CHECK(made.house.programs[0].program.days == days);
    CHECK(made.notes == (said == days ? Notes{} : Notes{"program 4: its days are " + days + " now"}));
  }
}

TEST_CASE("each trigger and command is known, and what isn't does nothing and is noted") {
  const std::pair<const char*, ProgramTrigger> triggers[] = {{"none", ProgramTrigger::kNone},
                                                             {"clock-time", ProgramTrigger::kClock},
                                                             {"sunrise", ProgramTrigger::kSunrise},
                                                             {"sunset", ProgramTrigger::kSunset}};
  for (const auto& [word, trigger] : triggers) {
    const auto made = bent_program([said = word](auto& row) { row.triggermethod = said; });
    CHECK(made.house.programs[0].program.trigger == trigger);
    CHECK(made.notes.empty());
  }
  const std::pair<const char*, ProgramCommand> commands[] = {{"none", ProgramCommand::kNone},
                                                             {"on", ProgramCommand::kOn},
                                                             {"off", ProgramCommand::kOff},
                                                             {"dim", ProgramCommand::kDim},
                                                             {"bright", ProgramCommand::kBright}};
  for (const auto& [word, command] : commands) {
    const auto made = bent_program([said = word](auto& row) { row.command = said; });
    CHECK(made.house.programs[0].program.command == command);
    CHECK(made.notes.empty());
  }
  for (const std::string wrong : {"", "ON", "toggle"}) {
    const auto made = bent_program([&](auto& row) { row.triggermethod = row.command = wrong; });
    CHECK(made.house.programs[0].program.trigger == ProgramTrigger::kNone);
    CHECK(made.house.programs[0].program.command == ProgramCommand::kNone);
    CHECK(made.notes == Notes{"program 4: the trigger \"" + wrong + "\" is not known, it does nothing",
                              "program 4: the command \"" + wrong + "\" is not known, it does nothing"});
  }
}

TEST_CASE("a time is read with a date and a fraction or without, and one that can't be does nothing") {
  for (const std::string time :
       {"1900-01-01 07:30:00", "1900-01-01 07:30:00.000000", "07:30", "7:30", "07:30:00"}) {
    INFO(time);
    const auto made = bent_program([&](auto& row) { row.time = time; });
    CHECK(made.house.programs[0].program.time_s == 27'000);
    CHECK(made.house.programs[0].program.trigger == ProgramTrigger::kClock);
    CHECK(made.notes.empty());
  }
  for (const std::string wrong : {"", "24:00", "noon", ".", "1900-01-01"}) {
    INFO(wrong);
    const auto made = bent_program([&](auto& row) { row.time = wrong; });
    CHECK(made.house.programs[0].program.time_s == 0);
    CHECK(made.house.programs[0].program.trigger == ProgramTrigger::kNone);
    CHECK(made.notes == Notes{"program 4: its time can't be read, it does nothing"});
  }
}

TEST_CASE("minutes are brought into their range, and that is noted") {
  const std::tuple<std::string, std::int32_t, std::uint32_t> minutes[] = {
      {"1440", 1440, 1440}, {"9999", 1440, 1440}, {"-1440", -1440, 0},           {"-9999", -1440, 0},
      {"x", 0, 0},          {"1.5", 0, 0},        {"99999999999999999999", 0, 0}};
  for (const auto& [text, offset, random] : minutes) {
    INFO(text);
    const auto made = bent_program([said = text](auto& row) { row.offset = row.randomizeamount = said; });
    const auto& planned = made.house.programs[0].program;
    CHECK(planned.offset_min == offset);
    CHECK(planned.random_min == random);
    Notes notes;
    if (text != std::to_string(offset))
      notes.push_back("program 4: its offset is " + std::to_string(offset) + " minutes now");
    if (text != std::to_string(random))
      notes.push_back("program 4: its random amount is " + std::to_string(random) + " minutes now");
    CHECK(made.notes == notes);
  }
  CHECK(bent_program([](auto& row) { row.offset = row.randomizeamount = ""; }).notes.empty());
}

TEST_CASE("a program's brightness and colour are its own, or as it is") {
  const auto none = bent_program([](auto&) {}).house.programs[0].program;
  CHECK(none.brightness == -1);
  CHECK(none.color.empty());
  const auto wrong = bent_program([](auto& row) { row.brightness = "-1", row.color = "red"; });
  CHECK(wrong.house.programs[0].program.brightness == -1);
  CHECK(wrong.notes ==
        Notes{"program 4: its brightness \"-1\" is left out", "program 4: its colour \"red\" is left out"});
}

TEST_CASE("whatever the rows hold, what is planned is what a house accepts") {
  const std::string texts[] = {"",
                               std::string("\0", 1),
                               "\n\t\x1b[31m",
                               std::string(70'000, 'x'),
                               "\xff\xfe\xc3",
                               "\xf0\x9f\x92\xa1",
                               std::string(10, '\xe2') + "\x98",
                               "'; DROP TABLE device; --",
                               "-9223372036854775808",
                               "{}[]\"\\"};
  Legacy legacy;
  std::int64_t id = 0;
  for (const auto& t : texts) {
    ++id;
    legacy.devices.push_back({id, t, t, t, t, t, t, t});
    legacy.groups.push_back({id, t});
    legacy.programs.push_back({id, t, t, t, t, t, id, t, t, t, t});
    legacy.members.emplace_back(id, id);
    legacy.assignments.emplace_back(id, -id);
  }
  const auto made = plan(legacy);
  CHECK(made.house.devices.size() == std::size(texts));
  check_acceptable(made.house);
  for (const auto& words : made.notes) CHECK(core::is_clean(words, 1024));
}
