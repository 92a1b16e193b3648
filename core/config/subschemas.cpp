// Finds its way about a JSON Schema.
#include "core/config/subschemas.hpp"

#include <algorithm>

namespace hearth::config {

void for_each_schema(const ObjectPtr& schema, const std::function<void(const ObjectPtr&)>& visit) {
  visit(schema);
  if (const ObjectPtr properties = object_at(*schema, "properties")) {
    for (const auto& [name, member] : *properties) {
      if (const ObjectPtr nested = as_object(member)) for_each_schema(nested, visit);
    }
  }
  for (const char* key : {"items", "additionalProperties"}) {
    if (const ObjectPtr nested = object_at(*schema, key)) for_each_schema(nested, visit);
  }
  if (const ArrayPtr branches = array_at(*schema, "anyOf")) {
    for (const Json& branch : *branches) {
      if (const ObjectPtr nested = as_object(branch)) for_each_schema(nested, visit);
    }
  }
}

ObjectPtr member_schema(const Poco::JSON::Object& schema, const std::string& key) {
  if (const ObjectPtr properties = object_at(schema, "properties")) {
    if (ObjectPtr member = object_at(*properties, key)) return member;
  }
  return object_at(schema, "additionalProperties");
}

ObjectPtr item_schema(const Poco::JSON::Object& schema) { return object_at(schema, "items"); }

std::vector<std::string> texts_at(const Poco::JSON::Object& schema, const std::string& key) {
  std::vector<std::string> texts;
  if (const ArrayPtr list = array_at(schema, key)) {
    for (const Json& item : *list) {
      if (item.isString()) texts.push_back(item.extract<std::string>());
    }
  }
  return texts;
}

std::vector<std::string> property_names(const Poco::JSON::Object& schema) {
  std::vector<std::string> names;
  if (const ObjectPtr properties = object_at(schema, "properties")) names = properties->getNames();
  return names;
}

std::vector<std::string> types_of(const Poco::JSON::Object& schema) {
  if (std::string single = text_at(schema, "type"); !single.empty()) return {std::move(single)};
  return texts_at(schema, "type");
}

bool allows_type(const Poco::JSON::Object& schema, const std::string& type) {
  const std::vector<std::string> types = types_of(schema);
  return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace hearth::config
