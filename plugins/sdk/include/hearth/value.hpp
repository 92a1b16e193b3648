// Value: what a capability can hold, and ValueType, the name of the alternative that a capability expects.
#ifndef HEARTH_VALUE_HPP
#define HEARTH_VALUE_HPP

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace hearth {

// Hue in degrees, 0 to 360; saturation in percent, 0 to 100.
struct Color {
  double hue = 0;
  double saturation = 0;
  bool operator==(const Color&) const = default;
};

// The alternatives stand in the order of ValueType (and of the union in schemas/messages/value.fbs).
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Color>;

enum class ValueType : std::uint8_t { kNone, kBool, kInteger, kNumber, kText, kColor };

inline ValueType type_of(const Value& value) { return static_cast<ValueType>(value.index()); }

constexpr std::string_view name(ValueType type) {
  switch (type) {
    case ValueType::kNone: return "none";
    case ValueType::kBool: return "bool";
    case ValueType::kInteger: return "integer";
    case ValueType::kNumber: return "number";
    case ValueType::kText: return "text";
    case ValueType::kColor: return "color";
  }
  return "none";
}

// `value` as an integer or a floating-point number; NaN for the rest.
inline double as_number(const Value& value) {
  if (auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (auto* number = std::get_if<double>(&value)) return *number;
  return std::nan("");
}

// `value` as `type` where nothing is lost: an integer is a number, and 40.0 is an integer. none (monostate)
// if it isn't.
inline Value converted(const Value& value, ValueType type) {
  if (type_of(value) == type) return value;
  if (type == ValueType::kNumber && type_of(value) == ValueType::kInteger) return as_number(value);
  if (type == ValueType::kInteger && type_of(value) == ValueType::kNumber) {
    const double number = std::get<double>(value);
    if (number == std::floor(number) && std::abs(number) <= 9007199254740992.0)
      return static_cast<std::int64_t>(number);
  }
  return {};
}

// For a person or a log: "on", "off", "40", "21.05", "240°/80%", the text itself, "none".
inline std::string to_text(const Value& value) {
  const auto digits = [](auto number) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    return std::string(buffer, end);
  };
  switch (type_of(value)) {
    case ValueType::kNone: return "none";
    case ValueType::kBool: return std::get<bool>(value) ? "on" : "off";
    case ValueType::kInteger: return digits(std::get<std::int64_t>(value));
    case ValueType::kNumber: return digits(std::get<double>(value));
    case ValueType::kText: return std::get<std::string>(value);
    case ValueType::kColor: {
      const auto& color = std::get<Color>(value);
      return digits(color.hue) + "°/" + digits(color.saturation) + "%";
    }
  }
  return "none";
}

}  // namespace hearth

#endif
