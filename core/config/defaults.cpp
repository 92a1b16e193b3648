// The walk over schema and value that adds what is absent.
#include "core/config/defaults.hpp"

#include <map>

#include "core/config/subschemas.hpp"
#include "core/config/validator.hpp"

namespace hearth::config {
namespace {

constexpr std::size_t kMaxValues = 300'000;
constexpr std::size_t kMaxBytes = 4'000'000;

class Filling {
 public:
  bool too_much() const { return size_.values > kMaxValues || size_.bytes > kMaxBytes; }

  // `value` is changed in place; it belongs to the filling alone.
  void fill(const ObjectPtr& schema, const Json& value) {
    if (too_much()) return;
    if (ObjectPtr object = as_object(value)) {
      fill_members(*schema, *object);
      fill_branch(*schema, object);
    } else if (const ArrayPtr array = as_array(value)) {
      const ObjectPtr items = item_schema(*schema);
      for (std::size_t i = 0; items && i < array->size(); ++i)
        fill(items, array->get(static_cast<unsigned>(i)));
    }
  }

 private:
  void fill_members(const Poco::JSON::Object& schema, Poco::JSON::Object& object) {
    for (const std::string& name : object.getNames()) {
      if (const ObjectPtr member = member_schema(schema, name)) fill(member, object.get(name));
    }
    for (const std::string& name : property_names(schema)) {
      const ObjectPtr member = member_schema(schema, name);
      if (object.has(name) || !member || too_much()) continue;
      if (const Json fallback = member->get("default"); !fallback.isEmpty()) {
        const TreeSize size = tree_size(fallback);
        size_.values += size.values;
        size_.bytes += size.bytes + name.size();
        if (too_much()) return;
        const Json copy = deep_copy(fallback);
        fill(member, copy);
        object.set(name, copy);
      } else if (text_at(*member, "type") == "object" && may_appear(*member)) {
        ObjectPtr table = new Poco::JSON::Object;
        ++size_.values;
        fill(member, table);
        if (table->size() > 0) object.set(name, table);
      }
    }
  }

  // Has every required member of it a default?
  static bool may_appear(const Poco::JSON::Object& schema) {
    for (const std::string& name : texts_at(schema, "required")) {
      const ObjectPtr properties = object_at(schema, "properties");
      const ObjectPtr member = properties ? object_at(*properties, name) : ObjectPtr();
      if (!member) return false;
      if (!member->get("default").isEmpty()) continue;
      if (text_at(*member, "type") != "object" || !may_appear(*member)) return false;
    }
    return true;
  }

  void fill_branch(const Poco::JSON::Object& schema, ObjectPtr object) {
    const ArrayPtr branches = array_at(schema, "anyOf");
    for (std::size_t i = 0; branches && i < branches->size(); ++i) {
      const ObjectPtr branch = as_object(branches->get(static_cast<unsigned>(i)));
      if (!branch || property_names(*branch).empty()) continue;
      const TreeSize size = tree_size(object);
      size_.values += size.values;
      size_.bytes += size.bytes;
      if (too_much()) return;
      const Json candidate = deep_copy(object);
      fill(branch, candidate);
      if (!accepts(branch, candidate)) continue;
      for (const auto& [name, member] : *as_object(candidate)) object->set(name, member);
      return;
    }
  }

  // Compiled once for all tables of a list.
  bool accepts(const ObjectPtr& branch, const Json& candidate) {
    auto found = branches_.find(branch.get());
    if (found == branches_.end()) found = branches_.emplace(branch.get(), Validator::compile(branch)).first;
    return found->second && found->second->accepts(candidate);
  }

  TreeSize size_;
  std::map<const Poco::JSON::Object*, Result<Validator>> branches_;
};

}  // namespace

Result<Json> with_defaults(const ObjectPtr& schema, const Json& value) {
  const Json copy = deep_copy(value);
  Filling filling;
  filling.fill(schema, copy);
  if (filling.too_much()) return {ErrorCode::kInvalid, "the defaults of the schema add up to too much"};
  return copy;
}

}  // namespace hearth::config
