// Guessing types from text, and colours from their hexadecimal form.
#include "core/control/ctl/values.hpp"

#include <Poco/JSON/Array.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/control/ctl/table.hpp"
#include "core/control/rpc.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Object;

template <class Number>
std::optional<Number> whole(const std::string& text, int base = 10) {
  Number number{};
  const auto* end = text.data() + text.size();
  std::from_chars_result result{};
  if constexpr (std::is_floating_point_v<Number>) {
    result = std::from_chars(text.data(), end, number);
  } else {
    result = std::from_chars(text.data(), end, number, base);
  }
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

double rounded(double number) { return std::round(number * 100) / 100; }

// The hue and saturation of HSV.
Var colour(std::uint32_t rgb) {
  const double r = (rgb >> 16 & 255) / 255.0, g = (rgb >> 8 & 255) / 255.0, b = (rgb & 255) / 255.0;
  const double most = std::max({r, g, b}), spread = most - std::min({r, g, b});
  double hue = 0;
  if (spread > 0) {
    if (most == r) {
      hue = 60 * ((g - b) / spread);
    } else if (most == g) {
      hue = 60 * ((b - r) / spread + 2);
    } else {
      hue = 60 * ((r - g) / spread + 4);
    }
    if (hue < 0) hue += 360;
  }
  auto color = Poco::makeShared<Object>(Poco::JSON_PRESERVE_KEY_ORDER);
  color->set("hue", rounded(hue));
  color->set("saturation", most > 0 ? rounded(100 * spread / most) : 0.0);
  return color;
}

Var reported(const Object& device, const std::string& capability) {
  const auto states = device.getObject("state");
  const auto state = states ? states->getObject(capability) : Object::Ptr();
  return state ? state->get("reported") : Var();
}

std::string with_unit(const Var& value, const std::string& unit) {
  if (value.type() == typeid(Object::Ptr)) {
    const auto color = value.extract<Object::Ptr>();
    return fmt::format("{}° {} %", plain(color->get("hue")), plain(color->get("saturation")));
  }
  return unit.empty() ? plain(value) : plain(value) + " " + unit;
}

// Switched and dimmed first, as people say it; the rest in the device's order.
struct Summary {
  std::string on_off, brightness;
  std::vector<std::string> rest;

  std::string text() const {
    std::string out = on_off;
    if (!brightness.empty()) out += (out.empty() ? "" : " ") + brightness;
    for (const auto& part : rest) out += (out.empty() ? "" : ", ") + part;
    return out;
  }
};

}  // namespace

Var parse_value(const std::string& text) {
  if (text == "true" || text == "on") return true;
  if (text == "false" || text == "off") return false;
  if (text.size() == 7 && text[0] == '#')
    if (const auto rgb = whole<std::uint32_t>(text.substr(1), 16)) return colour(*rgb);
  if (const auto number = whole<std::int64_t>(text)) return static_cast<Poco::Int64>(*number);
  if (const auto number = whole<double>(text); number && std::isfinite(*number)) return *number;
  return text;
}

std::string state_summary(const Object& device) {
  Summary summary;
  const auto capabilities = device.getArray("capabilities");
  if (!capabilities) return {};
  for (const auto& item : *capabilities) {
    if (item.type() != typeid(Object::Ptr)) continue;
    const auto& capability = *item.extract<Object::Ptr>();
    const auto name = capability.optValue<std::string>("name", "");
    const auto value = reported(device, name);
    if (value.isEmpty()) continue;
    if (name == "on_off") {
      summary.on_off = value.isBoolean() && value.convert<bool>() ? "on" : "off";
    } else if (name == "brightness") {
      summary.brightness = with_unit(value, "%");
    } else {
      const auto unit = capability.optValue<std::string>("unit", "");
      summary.rest.push_back(unit.empty() && !value.isStruct() && value.type() != typeid(Object::Ptr)
                                 ? name + " " + plain(value)
                                 : with_unit(value, unit));
    }
  }
  return summary.text();
}

std::string body_summary(const Var& body) {
  if (body.type() != typeid(Object::Ptr)) return plain(body);
  const auto& fields = *body.extract<Object::Ptr>();
  std::string out;
  for (const auto& name : fields.getNames()) {
    const auto value = fields.get(name);
    const auto text = json_text(value);
    if (!out.empty()) out += ' ';
    if (name == "device" || name == "capability") {
      out += plain(value);
    } else if (name == "value" && fields.has("capability")) {
      out += "= " + (text.ok() ? *text : "?");
    } else {
      out += name + "=" + (text.ok() ? *text : "?");
    }
  }
  return out;
}

}  // namespace hearth::core::ctl
