// Walks over Poco's JSON trees.
#include "core/config/json_tree.hpp"

namespace hearth::config {

ObjectPtr as_object(const Json& value) {
  return value.type() == typeid(ObjectPtr) ? value.extract<ObjectPtr>() : ObjectPtr();
}

ArrayPtr as_array(const Json& value) {
  return value.type() == typeid(ArrayPtr) ? value.extract<ArrayPtr>() : ArrayPtr();
}

ObjectPtr object_at(const Poco::JSON::Object& object, const std::string& key) {
  return as_object(object.get(key));
}

ArrayPtr array_at(const Poco::JSON::Object& object, const std::string& key) {
  return as_array(object.get(key));
}

std::string text_at(const Poco::JSON::Object& object, const std::string& key) {
  const Json value = object.get(key);
  return value.isString() ? value.extract<std::string>() : std::string();
}

bool is_bool(const Json& value) { return value.type() == typeid(bool); }

bool is_integer(const Json& value) { return !value.isEmpty() && !is_bool(value) && value.isInteger(); }

bool is_number(const Json& value) { return !value.isEmpty() && !is_bool(value) && value.isNumeric(); }

Json deep_copy(const Json& value) {
  if (const ObjectPtr object = as_object(value)) {
    ObjectPtr copy = new Poco::JSON::Object;
    for (const auto& [key, member] : *object) copy->set(key, deep_copy(member));
    return copy;
  }
  if (const ArrayPtr array = as_array(value)) {
    ArrayPtr copy = new Poco::JSON::Array;
    for (const Json& item : *array) copy->add(deep_copy(item));
    return copy;
  }
  return value;
}

TreeSize tree_size(const Json& value) {
  TreeSize size{1, 0};
  const auto add = [&size](const TreeSize& part) {
    size.values += part.values;
    size.bytes += part.bytes;
  };
  if (const ObjectPtr object = as_object(value)) {
    for (const auto& [key, member] : *object) {
      size.bytes += key.size();
      add(tree_size(member));
    }
  } else if (const ArrayPtr array = as_array(value)) {
    for (const Json& item : *array) add(tree_size(item));
  } else if (value.isString()) {
    size.bytes += value.extract<std::string>().size();
  }
  return size;
}

std::string_view kind_of(const Json& value) {
  if (as_object(value)) return "a table";
  if (as_array(value)) return "a list";
  if (value.isEmpty()) return "nothing";
  if (value.isString()) return "a text";
  if (is_bool(value)) return "true or false";
  return is_integer(value) ? "an integer" : "a number";
}

}  // namespace hearth::config
