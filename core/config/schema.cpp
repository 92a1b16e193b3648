// Reads a schema out of untrusted text, and bounds the work that it can cause.
#include "core/config/schema.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/config/defaults.hpp"
#include "core/config/key_path.hpp"
#include "core/config/pattern.hpp"
#include "core/config/subschemas.hpp"
#include "core/log/utf8.hpp"

namespace hearth::config {
namespace {

constexpr std::size_t kMaxSchemaDepth = 32;
// Schemas are a few hundred values, settings a few thousand. Only an attack has both large.
constexpr std::size_t kMaxWork = 8'000'000;
constexpr std::size_t kMaxPatternWork = 100'000'000;

constexpr std::array<std::string_view, 23> kKeywords = {"type",
                                                        "properties",
                                                        "required",
                                                        "additionalProperties",
                                                        "items",
                                                        "anyOf",
                                                        "enum",
                                                        "const",
                                                        "default",
                                                        "minimum",
                                                        "maximum",
                                                        "minLength",
                                                        "maxLength",
                                                        "pattern",
                                                        "minItems",
                                                        "maxItems",
                                                        "exclusiveMinimum",
                                                        "exclusiveMaximum",
                                                        "multipleOf",
                                                        "title",
                                                        "description",
                                                        "minProperties",
                                                        "maxProperties"};
constexpr std::array<std::string_view, 5> kAnnotations = {"$comment", "$schema", "$id", "examples", "format"};
constexpr std::array<std::string_view, 7> kTypes = {"object", "array",   "string", "integer",
                                                    "number", "boolean", "null"};

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Copies what is understood of a schema, and stops at the first thing that isn't.
class Cleaning {
 public:
  ObjectPtr run(const Json& node, const std::string& path) {
    const ObjectPtr schema = as_object(node);
    if (!schema) return fail(path, "a schema is an object");
    ObjectPtr clean = new Poco::JSON::Object;
    for (const auto& [word, value] : *schema) {
      if (contains(kAnnotations, word) || word.starts_with("x-")) continue;
      if (!contains(kKeywords, word)) return fail(path, unknown(word));
      const Json copy = keyword(word, value, child_path(path, word));
      if (failure_) return {};
      clean->set(word, copy);
    }
    refuse_bools(*clean);
    return clean;
  }

  const std::optional<std::string>& failure() const { return failure_; }
  std::size_t pattern_weight() const { return pattern_weight_; }

 private:
  ObjectPtr fail(const std::string& path, std::string_view words) {
    if (!failure_) failure_ = path.empty() ? std::string(words) : fmt::format("{}: {}", path, words);
    return {};
  }

  static std::string unknown(const std::string& word) {
    if (word == "$ref") return "$ref is not supported, a schema is one piece";
    const std::vector<std::string> known(kKeywords.begin(), kKeywords.end());
    const auto nearest = nearest_key(word, known);
    return nearest ? fmt::format("unknown word '{}', did you mean '{}'?", word, *nearest)
                   : fmt::format("the word '{}' is not supported", word);
  }

  Json keyword(const std::string& word, const Json& value, const std::string& path) {
    if (word == "properties") return members(value, path);
    if (word == "items") return run(value, path);
    if (word == "additionalProperties") return is_bool(value) ? value : Json(run(value, path));
    if (word == "anyOf") return branches(value, path);
    if (word == "pattern") return pattern(value, path);
    if (word == "type") return type(value, path);
    if (word == "enum" && !as_array(value)) return fail(path, "expected a list");
    // valijson divides integers by it.
    if (word == "multipleOf" && !(is_number(value) && value.convert<double>() > 0)) {
      return fail(path, "expected a number above 0");
    }
    return value;
  }

  Json members(const Json& value, const std::string& path) {
    const ObjectPtr properties = as_object(value);
    if (!properties) return fail(path, "expected an object");
    ObjectPtr clean = new Poco::JSON::Object;
    for (const auto& [name, schema] : *properties) {
      const bool printable = std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20; });
      if (name.empty() || name.size() > 128 || !printable) return fail(path, "a name is not fit for a key");
      clean->set(name, run(schema, child_path(path, name)));
      if (failure_) return {};
    }
    return clean;
  }

  Json branches(const Json& value, const std::string& path) {
    const ArrayPtr list = as_array(value);
    if (!list || list->size() == 0) return fail(path, "expected a list of schemas");
    ArrayPtr clean = new Poco::JSON::Array;
    for (const Json& branch : *list) clean->add(run(branch, item_path(path, clean->size())));
    return clean;
  }

  Json pattern(const Json& value, const std::string& path) {
    if (!value.isString()) return fail(path, "expected a text");
    const Result<std::size_t> weight = config::pattern_weight(value.extract<std::string>());
    if (!weight) return fail(path, weight.error().words);
    pattern_weight_ += *weight;
    return value;
  }

  Json type(const Json& value, const std::string& path) {
    std::vector<std::string> names;
    if (value.isString()) {
      names.push_back(value.extract<std::string>());
    } else if (const ArrayPtr list = as_array(value)) {
      for (const Json& name : *list) names.push_back(name.isString() ? name.extract<std::string>() : "");
    }
    const bool known =
        std::all_of(names.begin(), names.end(), [](const auto& name) { return contains(kTypes, name); });
    if (names.empty() || !known)
      return fail(path, fmt::format("expected one of {}", fmt::join(kTypes, ", ")));
    return value;
  }

  // To Poco a bool is numeric, and so valijson would take true for a number.
  static void refuse_bools(Poco::JSON::Object& schema) {
    if (types_of(schema).empty() || !allows_type(schema, "number") || allows_type(schema, "boolean")) return;
    ObjectPtr boolean = new Poco::JSON::Object;
    boolean->set("type", "boolean");
    schema.set("not", boolean);
  }

  std::optional<std::string> failure_;
  std::size_t pattern_weight_ = 0;
};

// Poco's parser ends a text at the first zero byte: "a\u0000b" would silently become "a".
bool has_zero(std::string_view json) {
  for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at + 2)) {
    if (json.substr(at).starts_with("\\u0000")) return true;
  }
  return false;
}

// Integers past int64 and infinite numbers, which JSON can spell and a FlexBuffer can't.
bool has_unfit_number(const Json& value) {
  if (const ObjectPtr object = as_object(value)) {
    return std::any_of(object->begin(), object->end(),
                       [](const auto& part) { return has_unfit_number(part.second); });
  }
  if (const ArrayPtr array = as_array(value)) {
    return std::any_of(array->begin(), array->end(), has_unfit_number);
  }
  if (value.type() == typeid(Poco::UInt64)) return value.extract<Poco::UInt64>() > Poco::UInt64{INT64_MAX};
  return is_number(value) && !std::isfinite(value.convert<double>());
}

Result<Json> parse_json(std::string_view text) {
  if (text.size() > kMaxSchemaBytes) {
    return {ErrorCode::kInvalid, fmt::format("larger than {} KiB", kMaxSchemaBytes / 1024)};
  }
  if (!core::is_utf8(text)) return {ErrorCode::kInvalid, "not UTF-8"};
  if (has_zero(text)) return {ErrorCode::kInvalid, "a zero byte in a text"};
  try {
    Poco::JSON::Parser parser;
    parser.setDepth(kMaxSchemaDepth);
    Json json = parser.parse(std::string(text));
    if (has_unfit_number(json)) return {ErrorCode::kInvalid, "a number that is no int64 and not finite"};
    return json;
  } catch (const std::exception&) {
    return {ErrorCode::kInvalid, fmt::format("not JSON, or nested deeper than {} levels", kMaxSchemaDepth)};
  }
}

bool is_bounded(const TreeSize& settings, std::size_t schema_values, std::size_t pattern_weight) {
  return settings.values <= kMaxWork / (schema_values + 1) &&
         settings.bytes + settings.values <= kMaxPatternWork / (pattern_weight + 1);
}

// A default that its own schema refuses is the author's mistake, not that of whoever wrote the configuration.
Status check_defaults(const ObjectPtr& root, std::size_t pattern_weight) {
  Status status;
  std::size_t work = 0;
  for_each_schema(root, [&](const ObjectPtr& schema) {
    const Json fallback = schema->get("default");
    if (!status.ok() || fallback.isEmpty()) return;
    const std::size_t values = tree_size(schema).values;
    work += values * tree_size(fallback).values;
    const Result<Json> filled = with_defaults(schema, fallback);
    if (work > kMaxWork || !filled || !is_bounded(tree_size(*filled), values, pattern_weight)) {
      status = {ErrorCode::kInvalid, "the defaults cost too much"};
      return;
    }
    const Result<Validator> validator = Validator::compile(schema);
    if (!validator) {
      status = validator.error();
    } else if (!validator->accepts(*filled)) {
      status = {ErrorCode::kInvalid, fmt::format("a default is not {}", describe(*schema))};
    }
  });
  return status;
}

}  // namespace

Schema::Schema(ObjectPtr root, Validator validator, std::size_t pattern_weight)
    : root_(std::move(root)),
      validator_(std::move(validator)),
      values_(tree_size(root_).values),
      pattern_weight_(pattern_weight) {}

Result<Schema> Schema::parse(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json) return json.error();
  try {
    Cleaning cleaning;
    const ObjectPtr root = cleaning.run(*json, "");
    if (cleaning.failure()) return {ErrorCode::kInvalid, *cleaning.failure()};
    const Result<Validator> validator = Validator::compile(root);
    if (!validator) return validator.error();
    const Status defaults = check_defaults(root, cleaning.pattern_weight());
    if (!defaults.ok()) return defaults.error();
    return Schema(root, *validator, cleaning.pattern_weight());
  } catch (const std::exception& error) {
    return {ErrorCode::kInvalid, error.what()};
  }
}

Result<Json> Schema::completed(const Json& settings) const {
  Result<Json> filled = with_defaults(root_, settings);
  if (filled && !is_bounded(tree_size(*filled), values_, pattern_weight_)) {
    return {ErrorCode::kInvalid, "so many settings can't be checked by so complex a schema"};
  }
  return filled;
}

ConfigErrors Schema::check(const Json& settings, const Site& site) const {
  const std::vector<Trail> violations = validator_.violations(settings);
  if (violations.empty()) return {};
  return explain(root_, settings, violations, site);
}

}  // namespace hearth::config
