// What is expected is known from the capability, so that nothing has to be guessed.
#include "values.hpp"

#include <charconv>
#include <cmath>

#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::monitor {

namespace {

template <class Number>
bool read(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

Value bool_of(std::string_view text) {
  if (text == "on" || text == "true") return true;
  if (text == "off" || text == "false") return false;
  return {};
}

// An integer stays one, so that nothing is lost of a large one; home takes it for a number too.
Value number_of(std::string_view text) {
  std::int64_t integer = 0;
  if (read(text, integer)) return integer;
  double number = 0;
  if (read(text, number) && std::isfinite(number)) return number;
  return {};
}

Value text_of(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  const auto parsed = net::json::parse(text);
  return parsed.ok() && parsed->is_string() ? std::string(std::string_view(parsed->get_string()))
                                            : std::string(text);
}

// Home reads #RRGGBB itself.
Value color_of(std::string_view text) {
  if (text.starts_with('#')) return std::string(text);
  const auto parsed = net::json::parse(text);
  const auto* color = parsed.ok() ? parsed->if_object() : nullptr;
  const auto* hue = color ? color->if_contains("hue") : nullptr;
  const auto* saturation = color ? color->if_contains("saturation") : nullptr;
  if (!hue || !saturation || !hue->is_number() || !saturation->is_number()) return {};
  return Color{hue->to_number<double>(), saturation->to_number<double>()};
}

std::string_view form_of(ValueType type) {
  switch (type) {
    case ValueType::kBool: return "on or off";
    case ValueType::kColor: return R"(#RRGGBB or {"hue":...,"saturation":...})";
    default: return "a number";
  }
}

}  // namespace

Result<Value> value_of(std::string_view text, const Capability& capability) {
  Value value;
  switch (capability.type) {
    case ValueType::kBool: value = bool_of(text); break;
    case ValueType::kInteger:
    case ValueType::kNumber: value = number_of(text); break;
    case ValueType::kText: value = text_of(text); break;
    case ValueType::kColor: value = color_of(text); break;
    case ValueType::kNone: break;
  }
  if (type_of(value) == ValueType::kNone)
    return Error{ErrorCode::kInvalid, concat(capability.name, " is ", form_of(capability.type))};
  return value;
}

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

}  // namespace hearth::monitor
