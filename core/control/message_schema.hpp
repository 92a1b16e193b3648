// MessageSchema: one binary schema, kept with its fields in the order of their ids; indices are checked when
// they are used.
#ifndef HEARTH_CORE_CONTROL_MESSAGE_SCHEMA_HPP
#define HEARTH_CORE_CONTROL_MESSAGE_SCHEMA_HPP

#include <flatbuffers/reflection_generated.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace hearth::core {

struct MessageSchema {
  std::vector<std::uint8_t> bytes;
  const reflection::Schema* root = nullptr;
  std::vector<std::vector<const reflection::Field*>> fields;  // for each object

  const reflection::Object* object(int index) const {
    return index >= 0 && static_cast<std::size_t>(index) < fields.size() ? root->objects()->Get(index)
                                                                         : nullptr;
  }

  const reflection::Enum* enumeration(int index) const {
    return index >= 0 && static_cast<std::uint32_t>(index) < root->enums()->size() ? root->enums()->Get(index)
                                                                                   : nullptr;
  }

  // Null when there is none of that number.
  static const reflection::EnumVal* value(const reflection::Enum& of, std::int64_t number) {
    return of.values()->LookupByKey(number);
  }
};

inline std::string_view text_of(const flatbuffers::String* s) {
  return s ? std::string_view(s->c_str(), s->size()) : std::string_view();
}

}  // namespace hearth::core

#endif
