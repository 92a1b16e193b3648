// What the control socket can ask about programs: list, set, remove, run; and looking for devices.
#include <Poco/JSON/Array.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/home/methods.hpp"
#include "core/home/views.hpp"

namespace hearth::core {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::size_t kUpcoming = 5;

Object::Ptr object() { return new Object(Poco::JSON_PRESERVE_KEY_ORDER); }

std::string time_text(std::uint32_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

Object::Ptr program_json(const ProgramRecord& record, Home& home) {
  const auto& p = record.program;
  auto& scheduler = home.scheduler();
  auto json = object();
  json->set("id", record.number);
  json->set("name", p.name);
  json->set("days", p.days);
  json->set("trigger", std::string(name(p.trigger)));
  json->set("time", time_text(p.time_s));
  json->set("offset_min", p.offset_min);
  json->set("random_min", p.randomize ? p.random_min : 0);
  json->set("command", std::string(name(p.command)));
  json->set("brightness", p.brightness < 0 ? Var() : Var(p.brightness));
  json->set("color", p.color.empty() ? Var() : Var(p.color));
  Array::Ptr devices = new Array;
  for (const auto& id : ids_of(home.devices(), record.devices)) devices->add(id);
  json->set("devices", devices);
  Array::Ptr next = new Array;
  for (const auto& occasion : scheduler.upcoming(record.number, kUpcoming))
    next->add(scheduler.local_text(occasion.at_us));
  json->set("next", next);
  const auto why =
      p.command == ProgramCommand::kNone ? "it does nothing" : scheduler.why_never(record.number);
  json->set("reason", why.empty() ? Var() : Var(why));
  return json;
}

Result<const ProgramRecord*> find_program(const Programs& programs, const std::string& words) {
  return find_by_number_or_name(programs.all(), words, "program",
                                [](const ProgramRecord& record) { return record.program.name; });
}

void list_programs(Home& home, const MethodDone& done) {
  Array::Ptr list = new Array;
  for (const auto& [number, record] : home.programs().all()) list->add(program_json(record, home));
  done(Var(list));
}

// "7:30", "07:30", "07:30:15".
std::optional<std::uint32_t> parse_time(std::string_view text) {
  std::array<std::uint32_t, 3> parts{};
  std::size_t count = 0;
  for (const char* at = text.data(); count < parts.size(); ++count) {
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(at, end, parts[count]);
    if (read.ec != std::errc() || read.ptr - at > 2) return std::nullopt;
    if (read.ptr == end) {
      const bool right = count > 0 && parts[0] < 24 && parts[1] < 60 && parts[2] < 60;
      return right ? std::optional(parts[0] * 3600 + parts[1] * 60 + parts[2]) : std::nullopt;
    }
    if (*read.ptr != ':') return std::nullopt;
    at = read.ptr + 1;
  }
  return std::nullopt;
}

// Reads one parameter after the other into a program; the first that is wrong is kept.
class ProgramParams {
 public:
  ProgramParams(const Object& params, Program& program) : params_(params), program_(program) {}

  Status read() {
    if (const auto name = text("name")) program_.name = *name;
    if (const auto days = text("days")) program_.days = *days;
    word("trigger", program_.trigger, ProgramTrigger::kSunset);
    word("command", program_.command, ProgramCommand::kBright);
    if (const auto time = text("time")) {
      const auto seconds = parse_time(*time);
      if (!seconds) fail("time", "HH:MM or HH:MM:SS");
      program_.time_s = seconds.value_or(0);
    }
    // Whoever gives a time means the clock.
    if (params_.has("time") && !params_.has("trigger") && program_.trigger == ProgramTrigger::kNone)
      program_.trigger = ProgramTrigger::kClock;
    integer("offset_min", program_.offset_min);
    if (text("brightness") == "none") {
      program_.brightness = -1;
    } else if (params_.has("brightness")) {
      integer("brightness", program_.brightness);
      if (program_.brightness < 0) fail("brightness", "0 to 100 percent, or none");
    }
    if (params_.has("random_min")) {
      std::int32_t minutes = 0;
      integer("random_min", minutes);
      if (minutes < 0) fail("random_min", "0 to 1440 minutes");
      program_.random_min = static_cast<std::uint32_t>(std::max(minutes, 0));
      program_.randomize = minutes > 0;
    }
    if (const auto color = text("color")) program_.color = *color == "none" ? "" : *color;
    return status_;
  }

 private:
  std::optional<std::string> text(const std::string& key) const {
    if (!params_.has(key)) return std::nullopt;
    return params_.get(key).toString();
  }
  void integer(const std::string& key, std::int32_t& into) {
    const auto said = text(key);
    if (!said) return;
    const auto* end = said->data() + said->size();
    const auto read = std::from_chars(said->data(), end, into);
    if (read.ec != std::errc() || read.ptr != end) fail(key, "an integer");
  }
  template <class Enum>
  void word(const std::string& key, Enum& into, Enum last) {
    const auto said = text(key);
    if (!said) return;
    std::string known;
    for (auto i = std::uint8_t{0}; i <= static_cast<std::uint8_t>(last); ++i) {
      const auto each = name(static_cast<Enum>(i));
      if (each == *said) return static_cast<void>(into = static_cast<Enum>(i));
      known += fmt::format("{}{}", known.empty() ? "" : ", ", each);
    }
    fail(key, "one of " + known);
  }
  void fail(const std::string& key, std::string_view expected) {
    if (status_.ok())
      status_ = {ErrorCode::kInvalid, fmt::format("the parameter '{}' is not {}", key, expected)};
  }

  const Object& params_;
  Program& program_;
  Status status_;
};

Result<std::vector<std::string>> device_ids(Home& home, const Object& params) {
  std::vector<std::string> ids;
  if (!params.has("devices")) return ids;
  const auto devices = params.getArray("devices");
  if (!devices) return Error{ErrorCode::kInvalid, "the parameter 'devices' is not a list"};
  for (std::size_t i = 0; i < devices->size(); ++i) {
    const auto device = find_device(home.devices(), devices->get(static_cast<unsigned>(i)).toString());
    if (!device.ok()) return device.error();
    ids.push_back((*device)->id());
  }
  return ids;
}

// With devices given, the program switches these and no others.
void set_program(Home& home, const Object& params, const MethodDone& done) {
  ProgramWanted wanted;
  if (params.has("program")) {
    const auto program = find_program(home.programs(), params.get("program").toString());
    if (!program.ok()) return done(program.error());
    wanted.number = (*program)->number;
    wanted.program = (*program)->program;
  }
  if (const auto status = ProgramParams(params, wanted.program).read(); !status.ok())
    return done(status.error());
  auto devices = device_ids(home, params);
  if (!devices.ok()) return done(devices.error());
  wanted.devices = std::move(*devices);
  wanted.only_these = params.has("devices");
  home.put_program(wanted, [&home, done](const Result<ProgramDefined>& put) {
    if (!put.ok()) return done(put.error());
    const auto* record = home.programs().find(put->number);
    record ? done(Var(program_json(*record, home)))
           : done(Error{ErrorCode::kStale, "the program is gone again"});
  });
}

void remove_program(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "program");
  if (!words.ok()) return done(words.error());
  const auto program = find_program(home.programs(), *words);
  if (!program.ok()) return done(program.error());
  home.remove_program((*program)->number,
                      [done](const Status& status) { status.ok() ? done(Var(true)) : done(status.error()); });
}

void run_program(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "program");
  if (!words.ok()) return done(words.error());
  const auto program = find_program(home.programs(), *words);
  if (!program.ok()) return done(program.error());
  home.run_program((*program)->number, wall_now_us(), [done](const std::vector<CommandDone>& outcomes) {
    Array::Ptr list = new Array;
    for (const auto& outcome : outcomes) list->add(to_json(outcome));
    done(Var(list));
  });
}

void discover(Home& home, const MethodDone& done) {
  home.seek(DevicesSought{"", true}, [done](const DevicesFound& found) {
    auto json = object();
    Array::Ptr devices = new Array;
    for (const auto& device : found.devices) {
      auto each = object();
      each->set("device", device.device);
      each->set("name", device.name);
      each->set("address", device.address);
      each->set("kind", device.kind);
      each->set("model", device.model);
      devices->add(each);
    }
    Array::Ptr failures = new Array;
    for (const auto& failure : found.failures) failures->add(failure);
    json->set("devices", devices);
    json->set("failures", failures);
    done(Var(json));
  });
}

void remove_device(Home& home, const Object& params, const MethodDone& done) {
  const auto words = text_param(params, "device");
  if (!words.ok()) return done(words.error());
  const auto device = find_device(home.devices(), *words);
  if (!device.ok()) return done(device.error());
  home.remove_device(**device,
                     [done](const Status& status) { status.ok() ? done(Var(true)) : done(status.error()); });
}

}  // namespace

Methods program_methods(Home& home) {
  return {
      {"programs.list", [&home](const Object&, const MethodDone& done) { list_programs(home, done); }},
      {"programs.set", [&home](const Object& p, const MethodDone& done) { set_program(home, p, done); }},
      {"programs.remove",
       [&home](const Object& p, const MethodDone& done) { remove_program(home, p, done); }},
      {"program.run", [&home](const Object& p, const MethodDone& done) { run_program(home, p, done); }},
      {"devices.discover", [&home](const Object&, const MethodDone& done) { discover(home, done); }},
      {"device.remove", [&home](const Object& p, const MethodDone& done) { remove_device(home, p, done); }},
  };
}

}  // namespace hearth::core
