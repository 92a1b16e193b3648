// hearthctl WORD VERB: commands that plugins bring.
#include <Poco/JSON/Array.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "core/control/ctl/commands.hpp"
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
    const auto entry = item.extract<Object::Ptr>();
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

bool has_verb(const std::vector<Object::Ptr>& entries, const std::string& verb,
              std::vector<std::string>& all_verbs) {
  for (const auto& entry : entries)
    if (const auto verbs = entry->getArray("verbs"))
      for (const auto& item : *verbs)
        if (item.type() == typeid(Object::Ptr))
          all_verbs.push_back(item.extract<Object::Ptr>()->optValue<std::string>("name", ""));
  return std::find(all_verbs.begin(), all_verbs.end(), verb) != all_verbs.end();
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
  ctl.print(ctl.json() || text.empty() ? (json.empty() ? "" : lines_of(json)) : lines_of(text));
  return kOk;
}

int call(Ctl& ctl) {
  const auto& words = ctl.args().words;
  auto params = params_with("word", ctl.args().command);
  params->set("verb", words[0]);
  auto args = Poco::makeShared<Array>();
  for (std::size_t i = 1; i < words.size(); ++i) args->add(words[i]);
  params->set("args", args);
  const auto progress = [](const Notification& n) {
    if (n.method != "verb.progress") return;
    // Beside the result, which somebody may want alone.
    const auto line = lines_of(n.params->optValue<std::string>("text", ""));
    std::fputs(line.c_str(), stderr);
  };
  const auto result = ctl.call("verb.call", params, progress, kVerbDeadline);
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
  const auto& verb = ctl.args().words[0];
  if (!has_verb(entries, verb, names))
    return ctl.fail(kUsage, fmt::format("'{}' has no verb '{}'{}", word, verb, did_you_mean(verb, names)));
  return call(ctl);
}

}  // namespace hearth::core::ctl
