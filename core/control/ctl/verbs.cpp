// hearthctl WORD VERB: commands that plugins bring.
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "core/control/ctl/commands.hpp"
#include "core/control/ctl/handed_over.hpp"
#include "core/control/ctl/table.hpp"
#include "core/control/nearest.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr std::chrono::seconds kVerbDeadline{610};  // the server gives up after ten minutes

// The objects with that word: more than one plugin may bring verbs under it.
std::vector<Object::Ptr> of_word(const Var& list, const std::string& word,
                                 std::vector<std::string>& all_words) {
  std::vector<Object::Ptr> found;
  if (list.type() != typeid(Array::Ptr)) return found;
  for (const auto& item : *list.extract<Array::Ptr>()) {
    if (item.type() != typeid(Object::Ptr)) continue;
    const auto& entry = item.extract<Object::Ptr>();
    const auto name = entry->optValue<std::string>("word", "");
    all_words.push_back(name);
    if (name == word) found.push_back(entry);
  }
  return found;
}

std::string help_of(const std::string& word, const std::vector<Object::Ptr>& entries) {
  Table table({"VERB", "ARGUMENTS", "WHAT IT DOES"});
  for (const auto& entry : entries)
    if (const auto verbs = entry->getArray("verbs"))
      for (const auto& item : *verbs) {
        if (item.type() != typeid(Object::Ptr)) continue;
        const auto& verb = *item.extract<Object::Ptr>();
        const auto args = verb.get("args");
        table.add(
            {plain(verb.get("name")), args.isEmpty() ? std::string() : plain(args), plain(verb.get("help"))});
      }
  return fmt::format("hearthctl {} VERB [ARGUMENTS]\n\n{}", word, table.text(false));
}

// Null when there is none of that name.
Object::Ptr find_verb(const std::vector<Object::Ptr>& entries, const std::string& name,
                      std::vector<std::string>& all_names) {
  Object::Ptr found;
  for (const auto& entry : entries)
    if (const auto verbs = entry->getArray("verbs"))
      for (const auto& item : *verbs) {
        if (item.type() != typeid(Object::Ptr)) continue;
        const auto& verb = item.extract<Object::Ptr>();
        all_names.push_back(verb->optValue<std::string>("name", ""));
        if (!found && all_names.back() == name) found = verb;
      }
  return found;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

// A plugin's text: its lines stay lines, the rest is made harmless.
std::string lines_of(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out += painted(std::string_view(text).substr(at, end - at), Colour::kNone, false) + "\n";
    at = end + 1;
  }
  return out;
}

int print_result(Ctl& ctl, const Var& result) {
  if (result.type() != typeid(Object::Ptr)) return ctl.show(result);
  const auto& object = *result.extract<Object::Ptr>();
  const auto text = object.optValue<std::string>("text", ""), json = object.optValue<std::string>("json", "");
  if (ctl.json() && json.empty()) return ctl.print_json(text);
  if (!ctl.json() && !text.empty()) {
    ctl.print(lines_of(text));
    return kOk;
  }
  if (json.empty()) return kOk;
  try {
    return ctl.print_json(Poco::JSON::Parser().parse(json), true);
  } catch (const Poco::Exception&) {
    return ctl.fail(kRefused, "the plugin's answer is not JSON");
  }
}

template <class List>
Array::Ptr array_of(const List& list) {
  auto array = Poco::makeShared<Array>();
  for (const auto& item : list) array->add(item);
  return array;
}

int call(Ctl& ctl, const Object& verb) {
  const auto& words = ctl.args().words;
  const std::vector<std::string> args(words.begin() + 1, words.end());
  const auto files = open_files(args, verb.optValue<std::size_t>("files", 0));
  if (!files.ok()) return ctl.fail(kUsage, files.error().words);
  auto params = params_with("word", ctl.args().command);
  params->set("verb", words[0]);
  params->set("args", array_of(args));
  if (!files->places.empty()) params->set("files", array_of(files->places));
  const auto progress = [](const Notification& n) {
    if (n.method != "verb.progress") return;
    // Beside the result, which somebody may want alone.
    const auto line = lines_of(n.params->optValue<std::string>("text", ""));
    std::fputs(line.c_str(), stderr);
  };
  const auto result = ctl.call("verb.call", params, progress, kVerbDeadline, files->descriptors);
  return result ? print_result(ctl, *result) : ctl.status();
}

}  // namespace

int run_verb(Ctl& ctl) {
  const auto& word = ctl.args().command;
  const auto verbs = ctl.call("verbs.list");
  if (!verbs) return ctl.status();
  std::vector<std::string> known;
  for (const auto& command : commands()) known.emplace_back(command.name);
  const auto entries = of_word(*verbs, word, known);
  if (entries.empty())
    return ctl.fail(kUsage, fmt::format("no command '{}'{}", word, did_you_mean(word, known)));
  if (ctl.args().help || ctl.args().words.empty()) {
    ctl.print(help_of(word, entries));
    return ctl.args().help ? kOk : kUsage;
  }
  std::vector<std::string> names;
  const auto& name = ctl.args().words[0];
  const auto verb = find_verb(entries, name, names);
  if (!verb)
    return ctl.fail(kUsage, fmt::format("'{}' has no verb '{}'{}", word, name, did_you_mean(name, names)));
  return call(ctl, *verb);
}

}  // namespace hearth::core::ctl
