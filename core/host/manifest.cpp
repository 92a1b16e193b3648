// Strict reading of a small JSON object.
#include "core/host/manifest.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/log/utf8.hpp"
#include "core/runtime/request_files.hpp"

namespace hearth::core {

namespace {

using Poco::JSON::Object;

constexpr std::size_t kMaxManifest = 64 * 1024;  // bytes
constexpr std::size_t kMaxList = 64;             // items
constexpr std::size_t kMaxWord = 256;            // bytes

// Thrown within this file only; parse() turns it into a value.
struct Wrong {
  std::string words;
};

std::string text(const Object& from, const std::string& key, bool required = true) {
  const auto value = from.get(key);
  if (value.isEmpty() && !required) return {};
  if (!value.isString() || value.extract<std::string>().size() > kMaxWord)
    throw Wrong{fmt::format("'{}' is not a text of at most 256 bytes", key)};
  return value.extract<std::string>();
}

void only(const Object& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object)
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw Wrong{fmt::format("unknown key '{}'", key)};
}

Poco::JSON::Array::Ptr list(const Object& from, const std::string& key) {
  if (!from.has(key)) return new Poco::JSON::Array;
  auto items = from.getArray(key);
  if (!items || items->size() > kMaxList) throw Wrong{fmt::format("'{}' is not a list of at most 64", key)};
  return items;
}

std::vector<std::string> texts(const Object& from, const std::string& key) {
  std::vector<std::string> all;
  const auto items = list(from, key);
  for (const auto& item : *items) {
    if (!item.isString() || item.extract<std::string>().size() > kMaxWord)
      throw Wrong{fmt::format("'{}' holds something else than texts of at most 256 bytes", key)};
    all.push_back(item.extract<std::string>());
  }
  return all;
}

std::size_t number(const Object& from, const std::string& key, Poco::Int64 least, Poco::Int64 most,
                   std::size_t otherwise) {
  if (!from.has(key)) return otherwise;
  const auto value = from.get(key);
  if (!value.isInteger() || value.isBoolean() || value.convert<Poco::Int64>() < least ||
      value.convert<Poco::Int64>() > most)
    throw Wrong{fmt::format("'{}' is not {} to {}", key, least, most)};
  return value.convert<std::size_t>();
}

bool is_word(std::string_view word) {
  return !word.empty() && word.size() <= 64 && word[0] >= 'a' && word[0] <= 'z' &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

void read_verbs(const Object& manifest, Manifest& m) {
  if (!manifest.has("verbs")) return;
  const auto verbs = manifest.getObject("verbs");
  if (!verbs) throw Wrong{"'verbs' is not an object"};
  if (verbs->size() == 0) return;
  only(*verbs, {"word", "verbs"});
  m.word = text(*verbs, "word");
  if (!is_word(m.word)) throw Wrong{"'verbs.word' is not [a-z][a-z0-9_-]*"};
  const auto items = list(*verbs, "verbs");
  for (const auto& item : *items) {
    if (item.type() != typeid(Object::Ptr)) throw Wrong{"'verbs.verbs' holds something else than objects"};
    const auto& verb = *item.extract<Object::Ptr>();
    only(verb, {"name", "args", "help", "files"});
    m.verbs.push_back({text(verb, "name"), text(verb, "args", false), text(verb, "help"),
                       number(verb, "files", 0, RequestFiles::kMostOfRequest, 0)});
    if (!is_word(m.verbs.back().name)) throw Wrong{"a verb's name is not [a-z][a-z0-9_-]*"};
  }
  if (m.verbs.empty()) throw Wrong{"'verbs' has a word but no verb"};
}

Manifest read(const Object& json) {
  only(json, {"id", "kind", "version", "summary", "permissions", "answers", "verbs", "workers"});
  Manifest m;
  m.id = text(json, "id");
  constexpr std::array<std::string_view, 3> taken{"server", "core", "control"};
  if (!is_word(m.id) || m.id.find('-') != std::string::npos ||
      std::find(taken.begin(), taken.end(), m.id) != taken.end())
    throw Wrong{"'id' is not a free name of the form [a-z][a-z0-9_]{0,63}"};
  m.kind = text(json, "kind");
  if (m.kind != "driver" && m.kind != "protocol" && m.kind != "service")
    throw Wrong{"'kind' is not driver, protocol or service"};
  m.version = text(json, "version");
  if (m.version.empty() || m.version.size() > 64) throw Wrong{"'version' is not 1 to 64 bytes"};
  m.summary = text(json, "summary");
  m.permissions = texts(json, "permissions");
  m.answers = texts(json, "answers");
  read_verbs(json, m);
  m.workers = number(json, "workers", 1, 32, m.workers);
  return m;
}

}  // namespace

bool Manifest::takes_files() const {
  return std::any_of(verbs.begin(), verbs.end(), [](const Verb& verb) { return verb.files > 0; });
}

Result<Manifest> Manifest::parse(std::string_view text) {
  const auto wrong = [](std::string_view words) {
    return Error{ErrorCode::kInvalid, fmt::format("its manifest is wrong: {}", words)};
  };
  if (text.size() > kMaxManifest) return wrong("over 64 KiB");
  if (!is_utf8(text)) return wrong("not UTF-8");
  try {
    Poco::JSON::Parser parser;
    parser.setDepth(8);
    const auto json = parser.parse(std::string(text));
    if (json.type() != typeid(Object::Ptr)) return wrong("not a JSON object");
    return read(*json.extract<Object::Ptr>());
  } catch (const Wrong& w) {
    return wrong(w.words);
  } catch (const Poco::Exception& e) {
    return wrong(e.displayText());
  }
}

}  // namespace hearth::core
