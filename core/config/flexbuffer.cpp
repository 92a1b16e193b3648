// Writes a JSON tree as a FlexBuffer.
#include "core/config/flexbuffer.hpp"

#include <flatbuffers/flexbuffers.h>

#include "core/config/json_tree.hpp"

namespace hearth::config {
namespace {

void write(flexbuffers::Builder& builder, const Json& value);

void write_map(flexbuffers::Builder& builder, const Poco::JSON::Object& object) {
  const std::size_t start = builder.StartMap();
  for (const auto& [key, member] : object) {
    builder.Key(key);
    write(builder, member);
  }
  builder.EndMap(start);
}

void write(flexbuffers::Builder& builder, const Json& value) {
  if (const ObjectPtr object = as_object(value)) {
    write_map(builder, *object);
  } else if (const ArrayPtr array = as_array(value)) {
    const std::size_t start = builder.StartVector();
    for (const Json& item : *array) write(builder, item);
    builder.EndVector(start, false, false);
  } else if (value.isEmpty()) {
    builder.Null();
  } else if (value.isString()) {
    builder.String(value.extract<std::string>());
  } else if (is_bool(value)) {
    builder.Bool(value.extract<bool>());
  } else if (is_integer(value)) {
    builder.Int(value.convert<Poco::Int64>());
  } else {
    builder.Double(value.convert<double>());
  }
}

}  // namespace

std::vector<std::uint8_t> to_flexbuffer(const Poco::JSON::Object& settings) {
  flexbuffers::Builder builder;
  write_map(builder, settings);
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace hearth::config
