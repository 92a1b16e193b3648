// Turns the places that valijson found into errors with position, key and expectation.
#include "core/config/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/config/key_path.hpp"
#include "core/config/subschemas.hpp"

namespace hearth::config {
namespace {

constexpr std::size_t kMaxErrors = 100;
constexpr std::size_t kMaxListed = 12;  // alternatives named in one message

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kMaxListed; ++i) {
    if (i > 0) text += between;
    text += parts[i];
  }
  return parts.size() > kMaxListed ? text + ", ..." : text;
}

std::string literal(const Json& value) {
  if (value.isEmpty()) return "nothing";
  return value.isString() ? fmt::format("'{}'", value.extract<std::string>()) : value.toString();
}

// " from 1 to 5", " of at least 1", " above 0 and at most 5"; empty without limits.
std::string range(const Poco::JSON::Object& schema) {
  const auto text = [&schema](const char* key) {
    const Json limit = schema.get(key);
    return is_number(limit) ? fmt::format("{:.12g}", limit.convert<double>()) : std::string();
  };
  const std::string low = text("minimum");
  const std::string high = text("maximum");
  if (!low.empty() && !high.empty()) return fmt::format(" from {} to {}", low, high);
  std::vector<std::string> parts;
  if (!low.empty()) parts.push_back("of at least " + low);
  if (const std::string above = text("exclusiveMinimum"); !above.empty()) parts.push_back("above " + above);
  if (!high.empty()) parts.push_back("of at most " + high);
  if (const std::string below = text("exclusiveMaximum"); !below.empty()) parts.push_back("below " + below);
  return parts.empty() ? "" : " " + join(parts, " and ");
}

// " of 1 to 4 items"
std::string amount(const Poco::JSON::Object& schema, const char* least, const char* most,
                   std::string_view unit) {
  const Json low = schema.get(least);
  const Json high = schema.get(most);
  if (is_number(low) && is_number(high)) {
    return fmt::format(" of {} to {} {}", low.toString(), high.toString(), unit);
  }
  if (is_number(low)) return fmt::format(" of at least {} {}", low.toString(), unit);
  if (is_number(high)) return fmt::format(" of at most {} {}", high.toString(), unit);
  return "";
}

std::string describe_type(const Poco::JSON::Object& schema, const std::string& type) {
  if (type == "integer") return "an integer" + range(schema);
  if (type == "number") return "a number" + range(schema);
  if (type == "boolean") return "true or false";
  if (type == "null") return "nothing";
  if (type == "array") return "a list" + amount(schema, "minItems", "maxItems", "items");
  if (type == "object") return "a table" + amount(schema, "minProperties", "maxProperties", "keys");
  std::string text = "a text" + amount(schema, "minLength", "maxLength", "characters");
  if (const std::string pattern = text_at(schema, "pattern"); !pattern.empty()) {
    text += " that matches " + pattern;
  }
  return text;
}

// A place, and the schema that applies there.
struct Place {
  ObjectPtr schema;
  Json value;
};

class Explanation {
 public:
  Explanation(const ObjectPtr& schema, const Json& value, const std::vector<Trail>& violations,
              const Site& site)
      : site_(site) {
    for (const Trail& trail : violations) add_place(schema, value, trail);
  }

  ConfigErrors run() {
    for (const auto& [path, place] : places_) {
      if (errors_.size() >= kMaxErrors) break;
      if (explain_members(path, place) || is_around_another(path)) continue;
      add(path, mismatch(place));
    }
    return std::move(errors_);
  }

 private:
  // Stops at the last place whose schema is known: what lies in a branch of an anyOf is explained as a whole.
  void add_place(const ObjectPtr& schema, const Json& value, const Trail& trail) {
    Place place{schema, value};
    std::string path = site_.path;
    for (const std::string& step : trail) {
      Place next;
      std::string next_path;
      if (const ObjectPtr object = as_object(place.value)) {
        next = {member_schema(*place.schema, step), object->get(step)};
        next_path = child_path(path, step);
      } else if (const ArrayPtr array = as_array(place.value)) {
        const auto index = static_cast<unsigned>(std::strtoul(step.c_str(), nullptr, 10));
        if (index < array->size()) next = {item_schema(*place.schema), array->get(index)};
        next_path = item_path(path, index);
      }
      if (!next.schema) break;
      place = next;
      path = next_path;
    }
    places_.emplace(path, place);
  }

  // Keys that are missing or unknown; true when there were any.
  bool explain_members(const std::string& path, const Place& place) {
    const ObjectPtr object = as_object(place.value);
    if (!object) return false;
    const std::size_t before = errors_.size();
    for (const std::string& name : texts_at(*place.schema, "required")) {
      if (object->has(name)) continue;
      const ObjectPtr member = member_schema(*place.schema, name);
      add(child_path(path, name), member ? "is required: " + describe(*member) : "is required");
    }
    const Json additional = place.schema->get("additionalProperties");
    if (is_bool(additional) && !additional.extract<bool>()) explain_unknown(path, place, *object);
    return errors_.size() > before;
  }

  void explain_unknown(const std::string& path, const Place& place, const Poco::JSON::Object& object) {
    std::vector<std::string> known = property_names(*place.schema);
    if (path == site_.path) known.insert(known.end(), site_.also_known.begin(), site_.also_known.end());
    for (const auto& [name, member] : object) {
      if (errors_.size() >= kMaxErrors) return;
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      if (const auto nearest = nearest_key(name, known)) {
        add(child_path(path, name), fmt::format("unknown key, did you mean '{}'?", *nearest));
      } else if (known.empty()) {
        add(child_path(path, name), "unknown key; none is expected here");
      } else {
        add(child_path(path, name), fmt::format("unknown key; known here: {}", join(known, ", ")));
      }
    }
  }

  bool is_around_another(const std::string& path) const {
    if (path.empty()) return places_.size() > 1;
    auto next = places_.upper_bound(path);
    for (; next != places_.end() && next->first.starts_with(path); ++next) {
      const char after = next->first[path.size()];
      if (after == '.' || after == '[') return true;
    }
    return false;
  }

  static std::string mismatch(const Place& place) {
    std::string words = "expected " + describe(*place.schema);
    const Json& value = place.value;
    const bool fits = (as_object(value) && allows_type(*place.schema, "object")) ||
                      (as_array(value) && allows_type(*place.schema, "array")) ||
                      (value.isString() && allows_type(*place.schema, "string")) ||
                      (is_bool(value) && allows_type(*place.schema, "boolean")) ||
                      (is_integer(value) && allows_type(*place.schema, "integer")) ||
                      (is_number(value) && allows_type(*place.schema, "number"));
    return fits ? words : fmt::format("{}, found {}", words, kind_of(value));
  }

  void add(const std::string& path, std::string message) {
    errors_.push_back({position_of(site_.positions, path, site_.otherwise), path, std::move(message), ""});
  }

  const Site& site_;
  std::map<std::string, Place> places_;
  ConfigErrors errors_;
};

}  // namespace

std::string describe(const Poco::JSON::Object& schema) {
  std::vector<std::string> parts;
  if (schema.has("const")) return literal(schema.get("const"));
  if (const ArrayPtr values = array_at(schema, "enum")) {
    for (const Json& value : *values) parts.push_back(literal(value));
    return parts.size() == 1 ? parts[0] : "one of " + join(parts, ", ");
  }
  for (const std::string& type : types_of(schema)) parts.push_back(describe_type(schema, type));
  if (const ArrayPtr branches = array_at(schema, "anyOf"); branches && parts.empty()) {
    for (const Json& branch : *branches) {
      if (const ObjectPtr nested = as_object(branch)) parts.push_back(describe(*nested));
      if (parts.size() > kMaxListed) break;
    }
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  }
  return parts.empty() ? "something else" : join(parts, " or ");
}

ConfigErrors explain(const ObjectPtr& schema, const Json& value, const std::vector<Trail>& violations,
                     const Site& site) {
  return Explanation(schema, value, violations, site).run();
}

}  // namespace hearth::config
