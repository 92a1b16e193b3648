// programs, discover.
#include <Poco/JSON/Array.h>
#include <fmt/format.h>

#include <array>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/lists.hpp"
#include "core/control/ctl/outcomes.hpp"
#include "core/control/ctl/table.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

// An option of `programs set` and the parameter that it becomes.
struct Setting {
  std::string_view option, parameter;
};
constexpr std::array kSettings{
    Setting{"--trigger", "trigger"},       Setting{"--time", "time"},  Setting{"--offset", "offset_min"},
    Setting{"--random", "random_min"},     Setting{"--days", "days"},  Setting{"--command", "command"},
    Setting{"--brightness", "brightness"}, Setting{"--color", "color"}};

// "sunset -10 min, MTWTF--".
std::string when(const Object& program) {
  auto text = plain(program.get("trigger"));
  if (text == "clock") text = plain(program.get("time"));
  if (const auto offset = program.optValue<int>("offset_min", 0); offset != 0)
    text += fmt::format(" {:+} min", offset);
  if (const auto random = program.optValue<int>("random_min", 0); random != 0)
    text += fmt::format(" +-{} min", random);
  return text + ", " + plain(program.get("days"));
}

// A program a row, its later firings below it.
int list_programs(Ctl& ctl) {
  const auto programs = ctl.call("programs.list");
  if (!programs) return ctl.status();
  if (ctl.json()) return ctl.print_json(*programs);
  Table table({"ID", "NAME", "WHEN", "DOES", "DEVICES", "NEXT"});
  for_each_object(*programs, [&](const Object& p) {
    const auto next = p.getArray("next");
    const bool never = !next || next->empty();
    const auto reason = p.get("reason");
    const auto first = never ? "never" + (reason.isEmpty() ? "" : ": " + plain(reason)) : plain(next->get(0));
    table.add({plain(p.get("id")), plain(p.get("name")), when(p), plain(p.get("command")),
               plain(p.get("devices")), first});
    for (unsigned i = 1; !never && i < next->size(); ++i)
      table.add({"", "", "", "", "", Cell(plain(next->get(i)), Colour::kDim)});
  });
  return print_table(ctl, table, "no programs");
}

int set_program(Ctl& ctl, const std::vector<std::string>& words) {
  if (words.size() < 2) return ctl.usage("programs set needs a name");
  auto params = params_with("name", words[1]);
  const bool change = ctl.args().has("--program");
  if (change) params->set("program", named(ctl.args().option("--program")));
  for (const auto& setting : kSettings)
    if (ctl.args().has(setting.option))
      params->set(std::string(setting.parameter), ctl.args().option(setting.option));
  auto devices = Poco::makeShared<Array>();
  for (std::size_t i = 2; i < words.size(); ++i) devices->add(named(words[i]));
  if (!change || !devices->empty()) params->set("devices", devices);
  return pass(ctl, "programs.set", params);
}

}  // namespace

int run_programs(Ctl& ctl) {
  const auto& words = ctl.args().words;
  const auto verb = words.empty() ? std::string("list") : words[0];
  if (verb == "list" && words.size() <= 1) return list_programs(ctl);
  if (verb == "set") return set_program(ctl, words);
  if (words.size() == 2) {
    const auto params = params_with("program", named(words[1]));
    if (verb == "remove") return pass(ctl, "programs.remove", params);
    if (verb == "run") return pass_command(ctl, "program.run", params);
  }
  return ctl.usage("programs needs list, set, remove or run, and a program");
}

int run_discover(Ctl& ctl) {
  if (!ctl.args().words.empty()) return ctl.usage("discover takes nothing behind it");
  const auto found = ctl.call("devices.discover");
  if (!found) return ctl.status();
  const auto json = found->extract<Object::Ptr>();
  const auto failures = json->getArray("failures");
  const bool failed = failures && !failures->empty();
  if (ctl.json()) {
    ctl.print_json(*found);
    return failed ? kRefused : kOk;
  }
  Table table({"DEVICE", "NAME", "ADDRESS", "KIND", "MODEL"});
  for_each_object(json->get("devices"), [&](const Object& d) {
    table.add({plain(d.get("device")), plain(d.get("name")), plain(d.get("address")), plain(d.get("kind")),
               plain(d.get("model"))});
  });
  print_table(ctl, table, "no devices found");
  for (std::size_t i = 0; failed && i < failures->size(); ++i)
    ctl.fail(kRefused, plain(failures->get(static_cast<unsigned>(i))));
  return failed ? kRefused : kOk;
}

}  // namespace hearth::core::ctl
