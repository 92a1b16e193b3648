// What an import makes of a program's row, and what it says about it.
#include "plans.hpp"

using namespace hearth;
using namespace hearth::test;

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
