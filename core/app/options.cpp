// Poco::Util reads the options; both --key VALUE and --key=VALUE are understood.
#include "core/app/options.hpp"

#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <sstream>

namespace hearth::core {

namespace {

using Poco::Util::Option;

Poco::Util::OptionSet known_options() {
  Poco::Util::OptionSet set;
  const auto with = [&](const char* name, const char* help, const char* argument) {
    set.addOption(Option(name, "", help)
                      .required(false)
                      .repeatable(std::string(name) == "plugin-dir")
                      .argument(argument));
  };
  with("config",
       "the configuration (default /etc/hearth/hearth.toml); conf.d/*.toml beside it is read after it",
       "FILE");
  with("state-dir", "what lasts: database, plugins' own folders (default /var/lib/hearth)", "DIR");
  with("runtime-dir", "the control socket's folder (default /run/hearth)", "DIR");
  with("plugin-dir", "takes the place of the packaged plugin folder; may be repeated", "DIR");
  with("log-level", "debug, info (default), warning or error", "LEVEL");
  set.addOption(Option("check", "", "check the configuration and exit: 0 if it is right, else 1")
                    .required(false)
                    .repeatable(false));
  set.addOption(Option("version", "", "print the version and exit").required(false).repeatable(false));
  set.addOption(Option("help", "", "print this and exit").required(false).repeatable(false));
  return set;
}

void take(Options& options, const std::string& name, const std::string& value) {
  if (name == "config") options.config = value;
  if (name == "state-dir") options.state_dir = value;
  if (name == "runtime-dir") options.runtime_dir = value;
  if (name == "plugin-dir") options.plugin_dirs.emplace_back(value);
  if (name == "log-level") options.log_level = value;
  if (name == "check") options.check = true;
  if (name == "help") options.help = true;
  if (name == "version") options.version = true;
}

}  // namespace

std::vector<std::filesystem::path> Options::packaged() const {
  if (plugin_dirs.empty()) return {HEARTH_PLUGIN_DIR};
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& folder : plugin_dirs)
    folders.push_back(std::filesystem::absolute(folder, error).lexically_normal());
  return folders;
}

std::vector<std::filesystem::path> Options::local() const {
  std::error_code error;
  return {"/usr/local/lib/hearth/plugins",
          std::filesystem::absolute(state_dir, error).lexically_normal() / "plugins"};
}

Result<Options> parse_options(const std::vector<std::string>& arguments) try {
  const auto set = known_options();
  Poco::Util::OptionProcessor processor(set);
  processor.setUnixStyle(true);
  Options options;
  for (const auto& argument : arguments) {
    std::string name, value;
    if (!processor.process(argument, name, value))
      if (!argument.empty() && name.empty())
        return Error{ErrorCode::kInvalid, "unexpected argument: " + argument};
    take(options, name, value);
  }
  processor.checkRequired();
  const auto& level = options.log_level;
  if (level != "debug" && level != "info" && level != "warning" && level != "error")
    return Error{ErrorCode::kInvalid, "--log-level is debug, info, warning or error"};
  return options;
} catch (const Poco::Exception& e) {
  return Error{ErrorCode::kInvalid, e.displayText()};
}

std::string options_help() {
  const auto set = known_options();
  Poco::Util::HelpFormatter formatter(set);
  formatter.setUnixStyle(true);
  formatter.setAutoIndent();
  formatter.setWidth(100);
  formatter.setCommand("hearthd");
  formatter.setUsage("[OPTION]...");
  formatter.setHeader(
      "The home-automation server. Runs in the foreground; SIGTERM stops it, SIGHUP reads the configuration "
      "anew.");
  std::ostringstream text;
  formatter.format(text);
  return text.str();
}

}  // namespace hearth::core
