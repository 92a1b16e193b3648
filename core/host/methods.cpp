// Plugins as JSON, and the methods around them.
#include "core/host/methods.hpp"

#include <Poco/JSON/Parser.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "core/home/views.hpp"

namespace hearth::core {

namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Array;
using Poco::JSON::Object;

Object::Ptr object() { return new Object(Poco::JSON_PRESERVE_KEY_ORDER); }

Var text_or_null(const std::string& text) { return text.empty() ? Var() : Var(text); }

Array::Ptr to_json(const std::vector<Manifest::Verb>& verbs) {
  Array::Ptr list = new Array;
  for (const auto& verb : verbs) {
    auto json = object();
    json->set("name", verb.name);
    json->set("args", verb.args);
    json->set("help", verb.help);
    json->set("files", verb.files);
    list->add(json);
  }
  return list;
}

Array::Ptr to_json(const std::vector<std::string>& texts) {
  Array::Ptr list = new Array;
  for (const auto& text : texts) list->add(text);
  return list;
}

// "net:lan" and "net:wan" are told to people; what is kept is "net", and only from a process of its own.
Array::Ptr to_json(const std::vector<std::string>& wanted, const std::vector<std::string>& refused,
                   config::Isolation isolation) {
  Array::Ptr list = new Array;
  for (const auto& permission : wanted) {
    const bool bus = permission.starts_with("bus:");
    auto json = object();
    json->set("permission", permission);
    json->set("granted", std::find(refused.begin(), refused.end(), permission) == refused.end());
    json->set("enforced",
              bus || (isolation == config::Isolation::kProcess && !permission.starts_with("net:")));
    list->add(json);
  }
  return list;
}

// What only a running plugin has.
void add_running(Object& json, const PluginRun* run) {
  const auto* thread = run ? run->runner() : nullptr;
  const auto stalled = thread ? run->stalled_since_us() : 0;
  json.set("pid", thread && thread->pid() != 0 ? Var(thread->pid()) : Var());
  json.set("stalled_since", stalled == 0 ? Var() : time_to_json(wall_now_us() - (steady_now_us() - stalled)));
  json.set("cpu_ms", thread ? thread->cpu_us() / 1000 : 0);
  // Inside the server nobody can tell whose memory it is.
  json.set("memory_kb", thread && thread->pid() != 0 ? Var(memory_of(thread->pid()) / 1024) : Var());
  json.set("queue", thread ? run->endpoint().queue().size() + thread->inbox().size() : 0);
  json.set("longest_callback_ms", thread ? static_cast<double>(thread->longest_callback_us()) / 1000 : 0);
  auto counters = object();
  auto notes = object();
  if (thread) {
    const auto& up = run->endpoint().queue().counters();
    const auto& down = thread->inbox().counters();
    counters->set("dropped", up.dropped + down.dropped);
    counters->set("coalesced", up.coalesced + down.coalesced);
    counters->set("refused", up.refused + down.refused + thread->refused());
    for (const auto& [key, value] : run->endpoint().notes) notes->set(key, value);
  }
  json.set("counters", counters);
  json.set("notes", notes);
}

void plain(const Status& status, const MethodDone& done) {
  status.ok() ? done(Var(true)) : done(status.error());
}

Method on_plugin(PluginHost& host, void (PluginHost::*action)(const std::string&, PluginHost::Done)) {
  return [&host, action](const Object& params, const MethodDone& done) {
    const auto id = text_param(params, "id");
    if (!id.ok()) return done(id.error());
    (host.*action)(*id, [done](const Status& status) { plain(status, done); });
  };
}

void load(PluginHost& host, const Object& params, const MethodDone& done) {
  const auto file = text_param(params, "file");
  if (!file.ok()) return done(file.error());
  host.load(*file, [done](const Status& status) { plain(status, done); });
}

void inspect(PluginHost& host, const Object& params, const MethodDone& done) {
  const auto what = text_param(params, params.has("file") ? "file" : "id");
  if (!what.ok()) return done(what.error());
  const auto found = host.inspect(*what);
  found.ok() ? done(Var(*found)) : done(found.error());
}

}  // namespace

Array::Ptr PluginHost::rows() const {
  Array::Ptr list = new Array;
  for (const auto& [file, entry] : entries_) {
    auto json = object();
    json->set("id", text_or_null(entry->id));
    json->set("version", text_or_null(entry->version));
    json->set("kind", text_or_null(entry->kind));
    json->set("file", file.string());
    json->set("state", std::string(name(entry->state)));
    json->set("reason", text_or_null(entry->reason));
    json->set("isolation", entry->isolation == config::Isolation::kNone ? "none" : "process");
    json->set("permissions", to_json(entry->wanted, entry->refused, entry->isolation));
    json->set("restarts", entry->restarts);
    add_running(*json, entry->run.get());
    list->add(json);
  }
  return list;
}

Array::Ptr PluginHost::verbs() const {
  Array::Ptr list = new Array;
  for (const auto& [file, entry] : entries_) {
    if (entry->word.empty() || entry->state != LifeState::kRunning) continue;
    auto json = object();
    json->set("word", entry->word);
    json->set("plugin", entry->id);
    json->set("verbs", to_json(entry->verbs));
    list->add(json);
  }
  return list;
}

Result<Object::Ptr> PluginHost::inspect(const std::string& file_or_id) const {
  std::filesystem::path path = file_or_id;
  for (const auto& [file, entry] : entries_)
    if (entry->id == file_or_id) path = file;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Error{ErrorCode::kInvalid, "no such plugin or file: " + file_or_id};
  const auto notes = read_elf_notes(fd);
  close(fd);
  if (!notes.ok()) return notes.error();
  const auto manifest = Manifest::parse(notes->manifest);
  if (!manifest.ok()) return manifest.error();
  auto json = object();
  json->set("id", manifest->id);
  json->set("kind", manifest->kind);
  json->set("version", manifest->version);
  json->set("summary", manifest->summary);
  json->set("abi", std::to_string(notes->abi_major) + "." + std::to_string(notes->abi_minor));
  json->set("permissions", to_json(manifest->permissions));
  json->set("answers", to_json(manifest->answers));
  if (!manifest->word.empty()) {
    json->set("word", manifest->word);
    json->set("verbs", to_json(manifest->verbs));
  }
  json->set("message_schemas", notes->messages.size());
  try {
    Poco::JSON::Parser parser;
    parser.setDepth(32);
    json->set("config_schema", parser.parse(notes->schema));
  } catch (const Poco::Exception&) {
    json->set("config_schema", Var());
  }
  return json;
}

std::vector<std::vector<std::uint8_t>> PluginHost::message_schemas() const {
  std::vector<std::vector<std::uint8_t>> all;
  for (const auto& [file, entry] : entries_)
    if (entry->run)
      for (const auto& schema : entry->run->file().notes.messages)
        all.emplace_back(schema.begin(), schema.end());
  return all;
}

std::map<std::string, std::size_t> PluginHost::counts() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& [file, entry] : entries_) ++counts[std::string(name(entry->state))];
  return counts;
}

Methods host_methods(PluginHost& host) {
  return {
      {"plugins.list", [&host](const Object&, const MethodDone& done) { done(Var(host.rows())); }},
      {"verbs.list", [&host](const Object&, const MethodDone& done) { done(Var(host.verbs())); }},
      {"plugins.inspect", [&host](const Object& p, const MethodDone& done) { inspect(host, p, done); }},
      {"plugins.load", [&host](const Object& p, const MethodDone& done) { load(host, p, done); }},
      {"plugins.unload", on_plugin(host, &PluginHost::unload)},
      {"plugins.reload", on_plugin(host, &PluginHost::reload)},
      {"plugins.enable", on_plugin(host, &PluginHost::enable)},
      {"plugins.disable", on_plugin(host, &PluginHost::disable)},
      {"plugins.enable_all",
       [&host](const Object&, const MethodDone& done) {
         host.enable_all([done](const Status& status) { plain(status, done); });
       }},
  };
}

}  // namespace hearth::core
