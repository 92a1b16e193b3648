// The commands of hearthctl: one list from which help, options and what runs are taken.
#ifndef HEARTH_CORE_CONTROL_CTL_COMMANDS_HPP
#define HEARTH_CORE_CONTROL_CTL_COMMANDS_HPP

#include <string>
#include <string_view>
#include <vector>

#include "core/control/ctl/ctl.hpp"

namespace hearth::core::ctl {

struct Command {
  std::string_view name;
  std::string_view summary;             // a line in the overview
  std::vector<std::string_view> usage;  // what stands behind "hearthctl NAME", a line each
  std::string_view about;               // what --help says besides
  std::vector<Option> options;
  int (*run)(Ctl& ctl);
};

const std::vector<Command>& commands();
// Null when there is none of that name.
const Command* find_command(std::string_view name);
const std::vector<Option>* options_of(std::string_view command);

std::string overview();
std::string help_of(const Command& command);

// commands_house.cpp
int run_status(Ctl& ctl);
int run_devices(Ctl& ctl);
int run_device(Ctl& ctl);
int run_groups(Ctl& ctl);
// commands_programs.cpp
int run_programs(Ctl& ctl);
int run_discover(Ctl& ctl);
// commands_server.cpp
int run_plugins(Ctl& ctl);
int run_check(Ctl& ctl);
int run_complete(Ctl& ctl);
// commands_follow.cpp
int run_bus(Ctl& ctl);
int run_log(Ctl& ctl);
// verbs.cpp: a word that a plugin brings
int run_verb(Ctl& ctl);

// Parameters with one key.
Poco::JSON::Object::Ptr params_with(const std::string& key, const Poco::Dynamic::Var& value);
// "3" is a number, everything else a name or an id.
Poco::Dynamic::Var named(const std::string& word);

}  // namespace hearth::core::ctl

#endif
