// Row by row: texts cleaned, words looked up, numbers brought into their ranges.
#include "plan.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "../color.hpp"
#include "../program_time.hpp"
#include "../requests/find_device.hpp"
#include "hearth/net/json.hpp"

namespace hearth::athome {

namespace {

constexpr std::size_t kMaxText = 256;     // bytes, as home takes them
constexpr std::size_t kMaxAddress = 100;  // it becomes a part of an id
constexpr std::size_t kMaxDevices = 512;  // of one group or program
constexpr std::int64_t kDay = 1440;       // minutes

// What isn't UTF-8 becomes U+FFFD: the writer of JSON sees to that.
std::string valid_utf8(std::string_view text) {
  std::string json;
  net::json::append_text(json, text);
  const auto again = net::json::parse(json);
  return again.ok() ? std::string(std::string_view(again->get_string())) : std::string();
}

// Without control characters, valid UTF-8, and short enough.
std::string clean(std::string_view text, std::size_t most) {
  const auto valid = valid_utf8(text);
  std::string out;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const bool second_set =
        byte == 0xc2 && static_cast<unsigned char>(valid[i + 1]) < 0xa0;  // U+0080 to U+009F
    if (second_set) ++i;
    out += byte < 0x20 || byte == 0x7f || second_set ? ' ' : valid[i];
  }
  if (out.size() <= most) return out;
  while (most > 0 && (static_cast<unsigned char>(out[most]) & 0xc0) == 0x80) --most;
  return out.substr(0, most);
}

std::optional<std::int64_t> percent(const std::string& text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || value < 0 || value > 100) return std::nullopt;
  return value;
}

// A database of some versions has made a number of a colour of digits.
std::string color(const std::string& text) {
  std::string padded = text;
  if (!text.empty() && text.size() < 6 && text[0] != '#') padded.insert(0, 6 - text.size(), '0');
  if (!parse_color(padded)) return {};
  return padded.starts_with('#') ? padded : "#" + padded;
}

class Planner {
 public:
  Planner(const Legacy& legacy, const House& house, const IsDriver& is_driver)
      : legacy_(legacy), house_(house), is_driver_(is_driver) {
    for (const auto& [id, device] : house.devices())
      for (const auto& address : names_of(device))
        known_.emplace(key(device.plugin(), address, device.channel), &device);
    for (const auto& [program, device] : legacy.assignments) assigned_[program].push_back(device);
    for (const auto& [group, device] : legacy.members) members_[group].push_back(device);
  }

  Plan make() {
    for (const auto& device : legacy_.devices) add(device);
    for (const auto& group : legacy_.groups) add(group);
    for (const auto& program : legacy_.programs) add(program);
    plan_.assignments = legacy_.assignments.size();
    return std::move(plan_);
  }

 private:
  using Lists =
      std::map<std::int64_t, std::vector<std::int64_t>>;  // of devices, by the row that they belong to

  static std::string key(std::string_view driver, std::string_view address, std::int32_t channel) {
    return concat(driver, "\n", lower_case(address), "\n", channel);
  }

  template <class... Parts>
  void note(const Parts&... parts) {
    plan_.notes.push_back(concat(parts...));
  }

  // The number of a row, where it can be one here.
  static std::uint32_t number(std::int64_t id) {
    return id > 0 && id < (1 << 20) ? static_cast<std::uint32_t>(id) : 0;
  }

  std::string name(const std::string& given, std::string_view what, std::int64_t id) {
    auto text = clean(given, kMaxText);
    if (text.empty()) text = concat(what, " ", id);
    if (text != given) note(what, " ", id, ": its name is \"", text, "\" now");
    return text;
  }

  std::string driver(const Legacy::Device& row) {
    if (auto known = driver_of(row.mfg, is_driver_)) return *known;
    std::string id = lower_case(clean(row.mfg, 50));
    for (char& c : id)
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '_';
    if (id.empty() || id[0] < 'a' || id[0] > 'z') id = "unknown" + id;
    note("device ", row.id, ": no driver for \"", clean(row.mfg, 60), "\", it stays unreachable");
    return id;
  }

  std::optional<std::int64_t> brightness_of(const std::string& text, std::string_view what, std::int64_t id) {
    const auto value = percent(text);
    if (!value && !text.empty())
      note(what, " ", id, ": its brightness \"", clean(text, 40), "\" is left out");
    return value;
  }

  std::string color_of(const std::string& text, std::string_view what, std::int64_t id) {
    auto value = color(text);
    if (value.empty() && !text.empty())
      note(what, " ", id, ": its colour \"", clean(text, 40), "\" is left out");
    return value;
  }

  std::int32_t channel_of(const Legacy::Device& row) {
    std::int32_t channel = 0;
    const auto* end = row.channel.data() + row.channel.size();
    const auto read = std::from_chars(row.channel.data(), end, channel);
    if (read.ec == std::errc() && read.ptr == end && channel >= 0 && channel <= 255) return channel;
    if (!row.channel.empty()) note("device ", row.id, ": its channel is 0 now");
    return 0;
  }

  void add(const Legacy::Device& row) {
    ImportedDevice device{number(row.id),
                          driver(row),
                          clean(row.address, kMaxAddress),
                          channel_of(row),
                          name(row.name, "device", row.id),
                          clean(row.location, kMaxText)};
    if (device.address.empty()) device.address = concat("unset-", row.id);
    if (device.address != row.address)
      note("device ", row.id, ": its address is \"", device.address, "\" now");
    const auto known = known_.find(key(device.driver, device.address, device.channel));
    if (known != known_.end()) {
      ++plan_.known_devices;
      device.address = address_of(*known->second);
      ids_[row.id] = known->second->device;
    }
    places_[row.id] = static_cast<std::uint32_t>(plan_.house.devices.size());
    plan_.house.devices.push_back(std::move(device));
    plan_.old_ids.push_back(row.id);
    plan_.presets.push_back(
        {brightness_of(row.brightness, "device", row.id), color_of(row.color, "device", row.id)});
  }

  // The places of a row's devices.
  std::vector<std::uint32_t> devices_of(std::int64_t id, const Lists& lists, std::string_view what) {
    std::vector<std::uint32_t> places;
    const auto list = lists.find(id);
    if (list == lists.end()) return places;
    std::set<std::uint32_t> seen;
    for (const auto device : list->second) {
      const auto place = places_.find(device);
      if (place == places_.end()) {
        note(what, " ", id, ": there is no device ", device);
      } else if (seen.insert(place->second).second) {
        places.push_back(place->second);
      }
    }
    if (places.size() > kMaxDevices) {
      note(what, " ", id, ": only its first ", kMaxDevices, " devices");
      places.resize(kMaxDevices);
    }
    return places;
  }

  // Are these devices of the file just those devices of the house?
  bool same_devices(const std::vector<std::uint32_t>& places, const std::vector<std::string>& ids) const {
    std::set<std::string> found;
    for (const auto place : places) {
      const auto id = ids_.find(plan_.old_ids[place]);
      if (id == ids_.end()) return false;
      found.insert(id->second);
    }
    return found == std::set<std::string>(ids.begin(), ids.end());
  }

  void add(const Legacy::Group& row) {
    ImportedGroup group{number(row.id), name(row.name, "group", row.id),
                        devices_of(row.id, members_, "group")};
    const auto& known = house_.groups();
    if (std::any_of(known.begin(), known.end(), [&](const auto& each) {
          return each.second.name == group.name && same_devices(group.devices, each.second.devices);
        })) {
      ++plan_.known_groups;
    } else {
      plan_.house.groups.push_back(std::move(group));
    }
  }

  std::string days(const Legacy::Program& row) {
    std::string mask = row.daymask.substr(0, 7);
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const char c = mask[i];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && c != '-' && c != '.') mask[i] = "MTWTFSS"[i];  // whatever else stood there was a yes
    }
    mask.resize(7, '-');
    if (mask != row.daymask) note("program ", row.id, ": its days are ", mask, " now");
    return mask;
  }

  template <std::size_t N>
  std::size_t word(const std::string& said, const std::array<std::string_view, N>& words, std::int64_t id,
                   std::string_view what) {
    const auto found = std::find(words.begin(), words.end(), said);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    note("program ", id, ": the ", what, " \"", clean(said, 40), "\" is not known, it does nothing");
    return 0;
  }

  std::int64_t minutes(const std::string& text, std::int64_t least, std::int64_t id, std::string_view what) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool number = text.empty() || (read.ec == std::errc() && read.ptr == end);
    const auto bent = number ? std::clamp(value, least, kDay) : 0;
    if (!number || bent != value) note("program ", id, ": its ", what, " is ", bent, " minutes now");
    return bent;
  }

  Program program_of(const Legacy::Program& row) {
    Program program;
    program.name = name(row.name, "program", row.id);
    program.days = days(row);
    program.trigger = static_cast<ProgramTrigger>(word(row.triggermethod, kTriggerWords, row.id, "trigger"));
    // "1900-01-01 17:45:00", perhaps with a fraction.
    const auto time = parse_time(row.time.substr(0, row.time.find('.')));
    if (!time) {
      note("program ", row.id, ": its time can't be read, it does nothing");
      program.trigger = ProgramTrigger::kNone;
    }
    program.time_s = time.value_or(0);
    program.offset_min = static_cast<std::int32_t>(minutes(row.offset, -kDay, row.id, "offset"));
    program.randomize = row.randomize != 0;
    program.random_min = static_cast<std::uint32_t>(minutes(row.randomizeamount, 0, row.id, "random amount"));
    program.command = static_cast<ProgramCommand>(word(row.command, kCommandWords, row.id, "command"));
    program.brightness =
        static_cast<std::int32_t>(brightness_of(row.brightness, "program", row.id).value_or(-1));
    program.color = color_of(row.color, "program", row.id);
    return program;
  }

  void add(const Legacy::Program& row) {
    ImportedProgram program{number(row.id), program_of(row), devices_of(row.id, assigned_, "program")};
    const auto& known = house_.programs();
    if (std::any_of(known.begin(), known.end(), [&](const auto& each) {
          return each.second.program == program.program && same_devices(program.devices, each.second.devices);
        })) {
      ++plan_.known_programs;
    } else {
      plan_.house.programs.push_back(std::move(program));
    }
  }

  const Legacy& legacy_;
  const House& house_;
  const IsDriver& is_driver_;
  Plan plan_;
  std::map<std::string, const House::Device*> known_;  // of the house, by what they answer to
  Lists assigned_, members_;
  std::map<std::int64_t, std::uint32_t> places_;  // old id -> place
  std::map<std::int64_t, std::string> ids_;       // old id -> id in the house, of those that it knows
};

}  // namespace

Plan plan_import(const Legacy& legacy, const House& house, const IsDriver& is_driver) {
  return Planner(legacy, house, is_driver).make();
}

}  // namespace hearth::athome
