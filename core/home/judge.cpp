// The rules of the house in words.
#include "core/home/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/log/utf8.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kSpareId = 16;  // bytes of a made id beside driver and address: ":@", "#-2147483648"

bool is_capability_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

Status judge_capability(Capability& c) {
  const auto wrong = [&](std::string_view what) {
    return Status(ErrorCode::kInvalid, fmt::format("capability '{}': {}", c.name, what));
  };
  if (!is_capability_name(c.name))
    return {ErrorCode::kInvalid, "a capability's name is not [a-z0-9_.]{1,64}"};
  if (c.type == ValueType::kNone) return wrong("not in the vocabulary, and without a type of its own");
  if (!is_clean(c.unit, 32)) return wrong("its unit is not clean text of at most 32 bytes");
  if (!std::isfinite(c.min) || !std::isfinite(c.max) || c.min > c.max)
    return wrong("its range is not a range");
  const auto* known = find_capability(c.name);
  if (!known)
    return c.name.find('.') == std::string::npos ? wrong("not in the vocabulary; name it 'vendor.name'")
                                                 : Status();
  if (c.type != known->type) return wrong(fmt::format("is {} in the vocabulary", name(known->type)));
  if (c.writable && !known->writable) return wrong("can only be read in the vocabulary");
  if (c.unit.empty()) c.unit = known->unit;
  if (c.unit != known->unit) return wrong(fmt::format("is in '{}' in the vocabulary", known->unit));
  if (known->min == known->max) return {};
  if (!c.has_range()) c.range(known->min, known->max);
  return c.min < known->min || c.max > known->max ? wrong("its range is wider than the vocabulary's")
                                                  : Status();
}

// "#rrggbb" as hue and saturation; its brightness is a capability of its own.
Result<Value> color_of(std::string_view text) {
  std::uint32_t rgb = 0;
  const bool shaped = text.size() == 7 && text[0] == '#';
  const auto end = shaped ? std::from_chars(text.data() + 1, text.data() + 7, rgb, 16).ptr : text.data();
  if (!shaped || end != text.data() + 7)
    return Error{ErrorCode::kInvalid, "a color is #RRGGBB, or hue and saturation"};
  const double r = (rgb >> 16 & 255) / 255.0, g = (rgb >> 8 & 255) / 255.0, b = (rgb & 255) / 255.0;
  const double most = std::max({r, g, b}), spread = most - std::min({r, g, b});
  double hue = 0;
  if (spread > 0) {
    if (most == r) hue = 60 * std::fmod((g - b) / spread + 6, 6);
    if (most == g && most != r) hue = 60 * ((b - r) / spread + 2);
    if (most == b && most != r && most != g) hue = 60 * ((r - g) / spread + 4);
  }
  const double saturation = most > 0 ? 100 * spread / most : 0;
  return Value(Color{std::round(hue * 10) / 10, std::round(saturation * 10) / 10});
}

std::string in_words(ValueType type) {
  if (type == ValueType::kNone) return "nothing";
  return (type == ValueType::kInteger ? "an " : "a ") + std::string(name(type));
}

Result<Value> typed(const Value& value, const Capability& c) {
  const auto* text = std::get_if<std::string>(&value);
  if (text && c.type == ValueType::kColor) return color_of(*text);
  auto same = converted(value, c.type);
  if (type_of(same) == ValueType::kNone)
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} is {}, not {}", c.name, in_words(c.type), in_words(type_of(value)))};
  return same;
}

}  // namespace

bool is_clean(std::string_view text, std::size_t most) {
  if (text.size() > most) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = decode_utf8(text, at);
    if (!c.valid || c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0)) return false;
    at += c.size;
  }
  return true;
}

bool is_plugin_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_device_id(std::string_view text, std::string_view owner) {
  return text.size() > owner.size() + 1 && text.starts_with(owner) && text[owner.size()] == ':' &&
         is_clean(text, kMaxDeviceId);
}

Status judge_declaration(DeviceDeclared& d, std::string_view owner) {
  const auto wrong = [&](std::string_view what) {
    return Status(ErrorCode::kInvalid, fmt::format("device refused: {}", what));
  };
  if (!is_device_id(d.device, owner))
    return wrong("its id is not '<plugin>:<native id>' in clean text of at most 192 bytes");
  if (!d.replaces.empty() && !is_device_id(d.replaces, owner))
    return wrong("'replaces' is not an id of this plugin");
  for (const auto* text : {&d.name, &d.location, &d.address, &d.kind, &d.reason})
    if (!is_clean(*text, kMaxName))
      return wrong("a text is not UTF-8 without control characters of at most 256 bytes");
  if (d.capabilities.size() > kMaxCapabilities) return wrong("more than 64 capabilities");
  std::set<std::string_view> names;
  for (auto& capability : d.capabilities) {
    if (auto bad = judge_capability(capability); !bad.ok()) return wrong(bad.error().words);
    if (!names.insert(capability.name).second) return wrong("a capability stands there twice");
  }
  return {};
}

Result<Value> judged(const Value& value, const Capability& c) {
  auto result = typed(value, c);
  if (!result.ok()) return result;
  if (const auto* text = std::get_if<std::string>(&*result)) {
    const bool fits = text->size() <= kMaxText && is_utf8(*text) && text->find('\0') == std::string::npos;
    if (!fits) return Error{ErrorCode::kInvalid, c.name + " is UTF-8 of at most 65536 bytes without U+0000"};
    const auto bytes = static_cast<double>(text->size());
    if (c.has_range() && (bytes < c.min || bytes > c.max))
      return Error{ErrorCode::kInvalid, fmt::format("{} is {} to {} bytes long", c.name, c.min, c.max)};
  } else if (const auto* color = std::get_if<Color>(&*result)) {
    const bool fits =
        color->hue >= 0 && color->hue <= 360 && color->saturation >= 0 && color->saturation <= 100;
    if (!fits)
      return Error{ErrorCode::kInvalid, c.name + " is a hue of 0 to 360 and a saturation of 0 to 100"};
  } else if (c.type == ValueType::kInteger || c.type == ValueType::kNumber) {
    const double number = as_number(*result);
    if (!std::isfinite(number)) return Error{ErrorCode::kInvalid, c.name + " is not a finite number"};
    if (c.has_range() && (number < c.min || number > c.max))
      return Error{ErrorCode::kInvalid, fmt::format("{} is {} to {} {}", c.name, c.min, c.max, c.unit)};
  }
  return result;
}

Result<Value> judged_wish(const Value& value, const Capability& capability) {
  if (!capability.writable) return Error{ErrorCode::kInvalid, capability.name + " can't be set, only read"};
  return judged(value, capability);
}

Status judge_wanted(const DeviceWanted& wanted) {
  if (!is_plugin_id(wanted.driver)) return {ErrorCode::kInvalid, "the driver is not a plugin's id"};
  const auto most = kMaxDeviceId - kSpareId - wanted.driver.size();  // driver and address become an id
  if (!wanted.address.empty() && is_clean(wanted.address, most) && is_clean(wanted.name, kMaxName) &&
      is_clean(wanted.location, kMaxName))
    return {};
  return {ErrorCode::kInvalid,
          fmt::format("address (1 to {} bytes), name and location are clean text", most)};
}

Status judge_program(const Program& p) {
  const auto wrong = [](std::string words) { return Status(ErrorCode::kInvalid, std::move(words)); };
  if (p.name.empty() || !is_clean(p.name, kMaxName))
    return wrong("a program's name is 1 to 256 bytes of UTF-8 without control characters");
  const auto is_day = [](char c) {
    return c == '-' || c == '.' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (p.days.size() != 7 || !std::all_of(p.days.begin(), p.days.end(), is_day))
    return wrong(
        "days are 7 characters from Monday on: a letter for yes, '-' or '.' for no, such as MTWTF--");
  if (p.time_s >= 86'400) return wrong("a time is 00:00:00 to 23:59:59");
  if (p.offset_min < -1440 || p.offset_min > 1440) return wrong("an offset is -1440 to 1440 minutes");
  if (p.random_min > 1440) return wrong("a random amount is 0 to 1440 minutes");
  if (p.brightness < -1 || p.brightness > 100) return wrong("a brightness is 0 to 100 percent");
  if (!p.color.empty() && !color_of(p.color).ok()) return wrong("a colour is of the form #RRGGBB");
  return {};
}

}  // namespace hearth::core
