// Fuzzed: the import of AtHome's databases. Input: a database; or, if it doesn't begin like one, rows as
// lines of fields divided by tabs, the first field saying of which table: D, P, G, A or M.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

#include "hearth/codec.hpp"
#include "hearth/context.hpp"
#include "protocols/athome/color.hpp"
#include "protocols/athome/import/legacy.hpp"
#include "protocols/athome/import/plan.hpp"
#include "test/fuzz/aligned.hpp"
#include "test/fuzz/fake_home.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using athome::Legacy;

constexpr std::string_view kDatabase = "SQLite";
constexpr std::size_t kMaxText = 256;

class Row {
 public:
  explicit Row(std::string_view line) : left_(line) {}

  std::string text() {
    const auto field = left_.substr(0, left_.find('\t'));
    left_.remove_prefix(std::min(left_.size(), field.size() + 1));
    return std::string(field);
  }
  std::int64_t number() {
    const auto field = text();
    std::int64_t value = 0;
    std::from_chars(field.data(), field.data() + field.size(), value);
    return value;
  }

 private:
  std::string_view left_;
};

void add(Legacy& legacy, std::string_view line) {
  Row row(line);
  const auto table = row.text();
  if (table == "D") {
    legacy.devices.push_back(
        {row.number(), row.text(), row.text(), row.text(), row.text(), row.text(), row.text(), row.text()});
  } else if (table == "P") {
    legacy.programs.push_back({row.number(), row.text(), row.text(), row.text(), row.text(), row.text(),
                               row.number(), row.text(), row.text(), row.text(), row.text()});
  } else if (table == "G") {
    legacy.groups.push_back({row.number(), row.text()});
  } else if (table == "A") {
    legacy.assignments.emplace_back(row.number(), row.number());
  } else if (table == "M") {
    legacy.members.emplace_back(row.number(), row.number());
  }
}

Result<Legacy> legacy_of(std::string_view input) {
  if (input.starts_with(kDatabase)) return athome::read_legacy(std::string(input));
  Legacy legacy;
  while (!input.empty()) {
    const auto line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    add(legacy, line);
  }
  return legacy;
}

void require_text(const std::string& text, bool may_be_empty) {
  require(may_be_empty || !text.empty(), "what needs a name has one");
  require(text.size() <= kMaxText, "texts are short enough for a house", text);
  require(std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }),
          "texts have no control characters", text);
}

void require_places(const std::vector<std::uint32_t>& places, std::size_t devices) {
  require(places.size() <= 512, "no more devices than a group or program may have");
  require(std::all_of(places.begin(), places.end(), [=](auto place) { return place < devices; }),
          "places are those of devices");
}

void require_sound(const Program& program) {
  require_text(program.name, false);
  require(program.days.size() == 7, "a week has seven days", program.days);
  require(std::all_of(program.days.begin(), program.days.end(),
                      [](unsigned char c) { return std::isalpha(c) || c == '-' || c == '.'; }),
          "days are letters, dashes or dots", program.days);
  require(program.time_s < 86400, "the time is one of a day");
  require(program.offset_min >= -1440 && program.offset_min <= 1440, "the offset is at most a day");
  require(program.random_min <= 1440, "the random time is at most a day");
  require(program.brightness >= -1 && program.brightness <= 100, "brightness is in percent");
  require(program.color.empty() || athome::parse_color(program.color), "a colour is one", program.color);
  require(program.trigger <= ProgramTrigger::kSunset && program.command <= ProgramCommand::kBright,
          "trigger and command are known");
}

// What stands in front of Plan: nothing of it is refused by a house.
void require_sound(const athome::Plan& plan) {
  const auto& house = plan.house;
  require(plan.old_ids.size() == house.devices.size() && plan.presets.size() == house.devices.size(),
          "each device has its old id and its preset");
  for (const auto& device : house.devices) {
    require_text(device.name, false);
    require_text(device.location, true);
    require_text(device.address, false);
    require_text(device.driver, false);
    require(device.channel >= 0 && device.channel <= 255, "channels are bytes");
  }
  for (const auto& group : house.groups) {
    require_text(group.name, false);
    require_places(group.devices, house.devices.size());
  }
  for (const auto& program : house.programs) {
    require_sound(program.program);
    require_places(program.devices, house.devices.size());
  }
  for (const auto& note : plan.notes)
    require(std::none_of(note.begin(), note.end(), [](unsigned char c) { return c < 0x20; }),
            "notes are lines", note);
  Builder builder;
  require(decode<HouseImport>(Aligned(encode(builder, house)).get()).ok(), "the plan travels");
}

void fuzz(std::string_view input) {
  const auto legacy = legacy_of(input);
  require(legacy.ok() || !legacy.error().words.empty(), "a refusal has words");
  if (!legacy.ok()) return;
  FakeHost host;
  FakeHome home(host);
  hearth_start_info info{};
  info.size = sizeof info;
  Context context(host.table(), info);
  House house;
  house.follow(context);
  host.run();
  require_sound(athome::plan_import(*legacy, house, [](std::string_view id) { return id == "simulated"; }));
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearth::fuzz::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
