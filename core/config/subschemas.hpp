// The schemas inside a schema.
#ifndef HEARTH_CORE_CONFIG_SUBSCHEMAS_HPP
#define HEARTH_CORE_CONFIG_SUBSCHEMAS_HPP

#include <functional>
#include <string>
#include <vector>

#include "core/config/json_tree.hpp"

namespace hearth::config {

// The schema itself and all that are nested in it, through properties, items, additionalProperties and anyOf.
void for_each_schema(const ObjectPtr& schema, const std::function<void(const ObjectPtr&)>& visit);

// The schema of an object's member or of a list's items; null when there is none.
ObjectPtr member_schema(const Poco::JSON::Object& schema, const std::string& key);
ObjectPtr item_schema(const Poco::JSON::Object& schema);

// The texts in the list with that name; empty when it isn't there.
std::vector<std::string> texts_at(const Poco::JSON::Object& schema, const std::string& key);
std::vector<std::string> property_names(const Poco::JSON::Object& schema);
// What "type" allows; empty: everything.
std::vector<std::string> types_of(const Poco::JSON::Object& schema);
bool allows_type(const Poco::JSON::Object& schema, const std::string& type);

}  // namespace hearth::config

#endif
