// From a word to JSON, whose meaning all protocols share.
#include "values.hpp"

#include "common/json_values.hpp"
#include "hearth/net/json.hpp"

namespace hearth::monitor {

namespace {

Value text_of(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  const auto parsed = net::json::parse(text);
  return parsed.ok() && parsed->is_string() ? std::string(std::string_view(parsed->get_string()))
                                            : std::string(text);
}

}  // namespace

Result<Value> value_of(std::string_view text, const Capability& capability) {
  if (capability.type == ValueType::kText) return text_of(text);
  const auto parsed = net::json::parse(text);
  return protocols::value_of(parsed.ok() ? *parsed : boost::json::value(text), capability);
}

}  // namespace hearth::monitor
