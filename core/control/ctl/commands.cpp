// The list of commands, and the help made from it.
#include "core/control/ctl/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hearth::core::ctl {
namespace {

constexpr std::string_view kCommonOptions =
    "  --runtime-dir DIR     where hearthd's control.sock is (else HEARTH_RUNTIME_DIR, else /run/hearth)\n"
    "  --json                print JSON, for programs\n"
    "  --help                this text\n";

std::vector<Command> make_commands() {
  return {
      {"status", "how the server is", {""}, "", {}, run_status},
      {"devices", "all devices and what they show", {""}, "", {}, run_devices},
      {"device",
       "switch, set or read one device",
       {"on DEVICE", "off DEVICE", "toggle DEVICE", "set DEVICE CAPABILITY VALUE", "get DEVICE [CAPABILITY]",
        "remove DEVICE"},
       "DEVICE is a number, an id or a name.\n"
       "A removed device stays away until a client asks for it again, or 'hearthctl discover'.\n"
       "VALUE is on, off, true, false, a number, a colour as #RRGGBB, or a text.\n",
       {},
       run_device},
      {"groups",
       "groups of devices",
       {"[list]", "set NAME DEVICE... [--group GROUP]", "remove GROUP", "on GROUP", "off GROUP"},
       "set makes a group, or with --group changes one: its name and devices become these.\n",
       {{"--group", "GROUP", "the group to change"}},
       run_groups},
      {"programs",
       "programs and when they run next",
       {"[list]", "set NAME [DEVICE...] [options]", "remove PROGRAM", "run PROGRAM"},
       "set makes a program, or with --program changes one: what isn't given stays as it is.\n"
       "run does now what the program does.\n",
       {{"--trigger", "WHEN", "clock, sunrise, sunset or none"},
        {"--time", "HH:MM[:SS]", "for the trigger clock"},
        {"--offset", "MIN", "so many minutes later, or with a minus earlier"},
        {"--random", "MIN", "up to so many minutes earlier or later, another each day"},
        {"--days", "MASK", "from Monday on, a letter for yes and - for no (MTWTFSS)"},
        {"--command", "DOES", "on, off, dim, bright or none"},
        {"--brightness", "N", "percent, for on, dim and bright; none: as it is"},
        {"--color", "#RRGGBB", "for on; none: as it is"},
        {"--program", "PROGRAM", "the program to change"}},
       run_programs},
      {"plugins",
       "drivers and protocols",
       {"[list]", "inspect FILE|ID", "load FILE", "unload ID", "reload ID", "enable ID", "enable --all",
        "disable ID"},
       "inspect reads a file's manifest; nothing of the plugin runs.\n",
       {{"--all", "", "enable every plugin, and end the safe mode"}},
       run_plugins},
      {"bus",
       "the messages of the house",
       {"[--follow] [--type TYPE]"},
       "Without --follow: the facts that stand now. With --json a message a line.\n",
       {{"--follow", "", "go on with what happens from now on"},
        {"--type", "TYPE", "only these: StateChanged, Command, vendor.Name, ..."}},
       run_bus},
      {"log",
       "what the server and its plugins have said",
       {"[--follow] [--level LEVEL] [--plugin ID] [--max N]"},
       "",
       {{"--follow", "", "go on with what is said from now on"},
        {"--level", "LEVEL", "debug, info, warning or error, and what is worse"},
        {"--plugin", "ID", "only this plugin's lines; 'server' is the server itself"},
        {"--max", "N", "so many lines at most (100)"}},
       run_log},
      {"discover", "look for devices that are not known yet", {""}, "", {}, run_discover},
      {"check",
       "is a configuration file right?",
       {"FILE"},
       "Asks hearthd itself; nothing is started.\n",
       {},
       run_check},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = make_commands();
  return all;
}

const Command* find_command(std::string_view name) {
  // For the shell's completion; not in the overview.
  static const Command complete{"complete", "", {"KIND"}, "", {}, run_complete};
  if (name == complete.name) return &complete;
  const auto found =
      std::find_if(commands().begin(), commands().end(), [&](const Command& c) { return c.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

const std::vector<Option>* options_of(std::string_view command) {
  const auto* known = find_command(command);
  return known ? &known->options : nullptr;
}

std::string overview() {
  std::string out = "hearthctl [--runtime-dir DIR] [--json] COMMAND\n\n";
  for (const auto& command : commands()) out += fmt::format("  {:<12}{}\n", command.name, command.summary);
  out += fmt::format("  {:<12}{}\n\n", "WORD VERB", "what a plugin brings: hearthctl WORD --help lists it");
  out += kCommonOptions;
  out +=
      "  --version             of hearthctl\n\nhearthctl COMMAND --help tells more. Exit status: 0 done, 1 "
      "refused by the server or a "
      "device, 2 typed wrong or no server.\n";
  return out;
}

std::string help_of(const Command& command) {
  std::string out = fmt::format("hearthctl {}: {}\n\n", command.name, command.summary);
  for (const auto& usage : command.usage)
    out += fmt::format("  hearthctl {}{}{}\n", command.name, usage.empty() ? "" : " ", usage);
  if (!command.about.empty()) out += fmt::format("\n{}", command.about);
  out += '\n';
  for (const auto& option : command.options)
    out += fmt::format("  {:<22}{}\n", fmt::format("{} {}", option.name, option.value), option.help);
  out += kCommonOptions;
  return out;
}

Poco::JSON::Object::Ptr params_with(const std::string& key, const Poco::Dynamic::Var& value) {
  auto params = Poco::makeShared<Poco::JSON::Object>(Poco::JSON_PRESERVE_KEY_ORDER);
  params->set(key, value);
  return params;
}

Poco::Dynamic::Var named(const std::string& word) {
  std::uint32_t number = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  if (result.ec == std::errc() && result.ptr == word.data() + word.size()) return number;
  return word;
}

}  // namespace hearth::core::ctl
