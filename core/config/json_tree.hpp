// Looks at and copies Poco's JSON trees: the inside representation of configurations and schemas.
#ifndef HEARTH_CORE_CONFIG_JSON_TREE_HPP
#define HEARTH_CORE_CONFIG_JSON_TREE_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::config {

using Json = Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

// Null unless the value is one.
ObjectPtr as_object(const Json& value);
ArrayPtr as_array(const Json& value);
// The member, if it is there and is one.
ObjectPtr object_at(const Poco::JSON::Object& object, const std::string& key);
ArrayPtr array_at(const Poco::JSON::Object& object, const std::string& key);
// The member if it is a text, else empty.
std::string text_at(const Poco::JSON::Object& object, const std::string& key);

bool is_bool(const Json& value);
bool is_integer(const Json& value);  // not a bool, unlike Poco's own
bool is_number(const Json& value);   // integer or not; not a bool

// Shares nothing with the original.
Json deep_copy(const Json& value);

struct TreeSize {
  std::size_t values = 0;  // objects, lists and what they hold
  std::size_t bytes = 0;   // of texts and keys
};
TreeSize tree_size(const Json& value);

// "a text", "an integer", "a list", ...
std::string_view kind_of(const Json& value);

}  // namespace hearth::config

#endif
