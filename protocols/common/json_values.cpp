// What is expected is known from the capability, so that nothing has to be guessed.
#include "json_values.hpp"

#include <boost/json/array.hpp>
#include <cmath>

#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::protocols {

namespace {

Value bool_of(const boost::json::value& json) {
  if (const auto* flag = json.if_bool()) return *flag;
  const auto* text = json.if_string();
  if (text && *text == "on") return true;
  if (text && *text == "off") return false;
  return {};
}

// An integer stays one, so that nothing is lost of a large one; home takes it for a number too.
Value number_of(const boost::json::value& json) {
  if (const auto* integer = json.if_int64()) return *integer;
  if (json.is_number() && std::isfinite(json.to_number<double>())) return json.to_number<double>();
  return {};
}

Value text_of(const boost::json::value& json) {
  if (const auto* text = json.if_string()) return std::string(std::string_view(*text));
  return net::json::to_text(json);
}

// As "#rrggbb", which home reads itself.
Value color_of(const boost::json::array& parts) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (parts.size() != 3) return {};
  std::string text = "#";
  for (const auto& part : parts) {
    if (!part.is_number()) return {};
    const auto number = part.to_number<double>();
    if (!(number >= 0 && number <= 255)) return {};
    const auto byte = static_cast<unsigned>(std::lround(number));
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

Value color_of(const boost::json::value& json) {
  if (const auto* text = json.if_string(); text && text->starts_with('#')) return text_of(json);
  if (const auto* parts = json.if_array()) return color_of(*parts);
  const auto* color = json.if_object();
  const auto* hue = color ? color->if_contains("hue") : nullptr;
  const auto* saturation = color ? color->if_contains("saturation") : nullptr;
  if (!hue || !saturation || !hue->is_number() || !saturation->is_number()) return {};
  return Color{hue->to_number<double>(), saturation->to_number<double>()};
}

std::string_view form_of(ValueType type) {
  switch (type) {
    case ValueType::kBool: return "true or false, on or off";
    case ValueType::kColor: return R"(#rrggbb, [r,g,b] or {"hue":...,"saturation":...})";
    default: return "a number";
  }
}

}  // namespace

boost::json::value json_of(const Value& value) {
  switch (type_of(value)) {
    case ValueType::kNone: return nullptr;
    case ValueType::kBool: return std::get<bool>(value);
    case ValueType::kInteger: return std::get<std::int64_t>(value);
    case ValueType::kNumber: return std::get<double>(value);
    case ValueType::kText: return boost::json::string(std::get<std::string>(value));
    case ValueType::kColor: {
      const auto& color = std::get<Color>(value);
      return boost::json::object{{"hue", color.hue}, {"saturation", color.saturation}};
    }
  }
  return nullptr;
}

Result<Value> value_of(const boost::json::value& json, const Capability& capability) {
  Value value;
  switch (capability.type) {
    case ValueType::kBool: value = bool_of(json); break;
    case ValueType::kInteger:
    case ValueType::kNumber: value = number_of(json); break;
    case ValueType::kText: value = text_of(json); break;
    case ValueType::kColor: value = color_of(json); break;
    case ValueType::kNone: break;
  }
  if (type_of(value) == ValueType::kNone)
    return Error{ErrorCode::kInvalid, concat(capability.name, " is ", form_of(capability.type))};
  return value;
}

boost::json::object shown(const House::Device& device, bool number) {
  boost::json::object states;
  for (const auto& [capability, state] : device.states) states[capability] = json_of(state.value);
  boost::json::object all{{"id", device.device}};
  if (number) all["i"] = device.number;
  all["name"] = device.name;
  all["reachable"] = device.reachable;
  all["states"] = std::move(states);
  return all;
}

}  // namespace hearth::protocols
