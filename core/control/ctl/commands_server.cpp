// plugins, check, and what the shell's completion asks.
#include <Poco/JSON/Array.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <system_error>
#include <vector>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/table.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

Colour colour_of(const std::string& state) {
  if (state == "running") return Colour::kGreen;
  if (state == "refused" || state == "quarantined") return Colour::kRed;
  if (state == "disabled" || state == "unloaded") return Colour::kDim;
  return Colour::kYellow;
}

std::string memory(const Var& kilobytes) {
  if (!kilobytes.isNumeric()) return {};
  return fmt::format("{:.1f} MB", kilobytes.convert<double>() / 1024);
}

// Of more than `at_least`, so that a house at rest shows none.
std::string time_ms(const Var& ms, double at_least) {
  if (!ms.isNumeric() || ms.convert<double>() < at_least) return {};
  const auto value = ms.convert<double>();
  return value < 1000 ? fmt::format("{:.0f} ms", value) : fmt::format("{:.1f} s", value / 1000);
}

// That it stalls, why it doesn't run, or what it says of itself.
std::string remarks(const Object& plugin) {
  if (const auto since = plugin.get("stalled_since"); since.isString())
    return "stalls since " + since.extract<std::string>();
  const auto reason = plugin.get("reason");
  if (reason.isString() && !reason.extract<std::string>().empty()) return reason.extract<std::string>();
  const auto notes = plugin.get("notes");
  const bool empty = notes.type() != typeid(Object::Ptr) || notes.extract<Object::Ptr>()->size() == 0;
  return empty ? std::string() : plain(notes);
}

int list_plugins(Ctl& ctl) {
  const auto plugins = ctl.call("plugins.list");
  if (!plugins) return ctl.status();
  if (ctl.json()) return ctl.print_json(*plugins);
  Table table({"PLUGIN", "VERSION", "KIND", "STATE", "ISOLATION", "RESTARTS", "CPU", "MEMORY", "QUEUE",
               "LONGEST", "REMARKS"});
  if (plugins->type() == typeid(Array::Ptr))
    for (const auto& item : *plugins->extract<Array::Ptr>()) {
      if (item.type() != typeid(Object::Ptr)) continue;
      const auto& p = *item.extract<Object::Ptr>();
      const auto file = std::filesystem::path(p.optValue<std::string>("file", "?")).filename().native();
      const auto text = [&](const char* key) {
        return p.get(key).isEmpty() ? std::string() : plain(p.get(key));
      };
      const auto state = text("state");
      const auto unless_0 = [&](const char* key) { return text(key) == "0" ? std::string() : text(key); };
      table.add({p.get("id").isEmpty() ? file : text("id"), text("version"), text("kind"),
                 Cell(state, colour_of(state)), text("isolation"), unless_0("restarts"),
                 time_ms(p.get("cpu_ms"), 1), memory(p.get("memory_kb")), unless_0("queue"),
                 time_ms(p.get("longest_callback_ms"), 1), remarks(p)});
    }
  ctl.print(table.empty() ? "no plugins\n" : table.text(ctl.coloured()));
  return kOk;
}

// The server has another working directory. What is no file here is an id.
std::string as_file(const std::string& word) {
  std::error_code error;
  if (!std::filesystem::exists(word, error)) return word;
  const auto path = std::filesystem::absolute(word, error);
  return error ? word : path.native();
}

}  // namespace

int run_plugins(Ctl& ctl) {
  const auto& words = ctl.args().words;
  if (ctl.args().has("--all")) {
    if (words != std::vector<std::string>{"enable"})
      return ctl.usage("--all goes with enable, and with no plugin");
    const auto result = ctl.call("plugins.enable_all");
    return result ? ctl.show(*result) : ctl.status();
  }
  if (words.empty() || (words.size() == 1 && words[0] == "list")) return list_plugins(ctl);
  const auto& verb = words[0];
  const bool known = verb == "inspect" || verb == "load" || verb == "unload" || verb == "reload" ||
                     verb == "enable" || verb == "disable";
  if (!known || words.size() != 2)
    return ctl.usage("plugins needs list, inspect, load, unload, reload, enable or disable, and which");
  Object::Ptr params = params_with("id", words[1]);
  if (verb == "load") params = params_with("file", as_file(words[1]));
  if (verb == "inspect" && as_file(words[1]) != words[1]) params = params_with("file", as_file(words[1]));
  if (verb == "inspect" && words[1].find('/') != std::string::npos)
    params = params_with("file", as_file(words[1]));
  const auto result = ctl.call("plugins." + verb, params);
  return result ? ctl.show(*result) : ctl.status();
}

int run_check(Ctl& ctl) {
  if (ctl.args().words.size() != 1) return ctl.usage("check needs a file");
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  auto hearthd = self.parent_path() / "hearthd";
  // Installed, it may stand in sbin.
  if (error || ::access(hearthd.c_str(), X_OK) != 0) hearthd = "hearthd";
  std::string program = hearthd.native(), option = "--config", file = ctl.args().words[0], check = "--check";
  char* const argv[] = {program.data(), option.data(), file.data(), check.data(), nullptr};
  ::execvp(program.c_str(), argv);
  return ctl.fail(kUsage,
                  fmt::format("cannot start {}: {}", program, std::generic_category().message(errno)));
}

// Words for the shell, one a line. Without a server there are none, and nothing is said.
int run_complete(Ctl& ctl) {
  static const std::map<std::string, std::pair<std::string, std::string>> kSources{
      {"devices", {"devices.list", "id"}},
      {"groups", {"groups.list", "name"}},
      {"plugins", {"plugins.list", "id"}},
      {"programs", {"programs.list", "name"}},
      {"words", {"verbs.list", "word"}}};
  const auto& words = ctl.args().words;
  const auto source = words.empty() ? kSources.end() : kSources.find(words[0]);
  if (source == kSources.end()) return kUsage;
  Client& client = ctl.client();
  Var list;
  if (!client.connect(std::filesystem::path(ctl.args().runtime_dir) / "control.sock").ok()) return kUsage;
  if (!client.call(source->second.first, Poco::makeShared<Object>(), list, {}, std::chrono::seconds(2)))
    return kRefused;
  if (list.type() != typeid(Array::Ptr)) return kRefused;
  for (const auto& item : *list.extract<Array::Ptr>())
    if (item.type() == typeid(Object::Ptr))
      if (const auto word = item.extract<Object::Ptr>()->get(source->second.second); word.isString())
        ctl.print(painted(word.extract<std::string>(), Colour::kNone, false) + "\n");
  return kOk;
}

}  // namespace hearth::core::ctl
