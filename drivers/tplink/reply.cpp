// Decoding by hand, field by field: a schema would be longer than what it guards.
#include "reply.hpp"

#include <algorithm>
#include <cmath>

#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace tplink {
namespace {

namespace json = boost::json;
using hearth::concat;
using hearth::Error;
using hearth::ErrorCode;
using hearth::Result;

constexpr std::size_t kLongestId = 100;
constexpr std::size_t kLongestText = 128;

Error wrong(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

const json::value* find(const json::object& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &found->value();
}

// Text of the device's own, fit for a name or a log line: cut at a character's end, without control
// characters.
std::string plain_text(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (!value || !value->is_string()) return {};
  std::string text(value->get_string());
  if (text.size() > kLongestText) {
    std::size_t end = kLongestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return text;
}

std::optional<double> number(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (!value || !value->is_number()) return {};
  const double found = value->to_number<double>();
  return std::isfinite(found) ? std::optional(found) : std::nullopt;
}

// 0, 1, false, true; anything else is no answer.
std::optional<bool> flag(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value && value->is_bool()) return value->get_bool();
  const auto found = number(object, key);
  if (found == 0.0) return false;
  if (found == 1.0) return true;
  return {};
}

// "module not support (-1)", if there is an error in it.
std::optional<std::string> complaint(const json::object& object) {
  const auto* code = find(object, "err_code");
  if (!code || (code->is_number() && code->to_number<double>() == 0)) return {};
  auto words = plain_text(object, "err_msg");
  if (words.empty()) words = "error";
  if (!code->is_number()) return words;
  return concat(words, " (", code->to_number<double>(), ")");
}

Result<json::object> parse(std::string_view text) {
  auto value = hearth::net::json::parse(text);
  if (!value.ok()) return wrong("its reply can't be read: " + value.error().words);
  if (!value->is_object()) return wrong("its reply is no JSON object");
  return std::move(value->get_object());
}

// What `method` answered. An error may stand in place of the method's answer, or of the module's.
Result<const json::object*> answer_of(const json::object& reply, const Method& method, ErrorCode refusal) {
  const auto where = concat(method.module, ".", method.name);
  const json::object* object = &reply;
  for (const auto key : {method.module, method.name}) {
    const auto* value = find(*object, key);
    if (!value) return wrong("its reply has no " + where);
    if (!value->is_object()) return wrong(where + " in its reply is no object");
    object = &value->get_object();
    if (const auto words = complaint(*object)) return Error{refusal, concat(where, ": ", *words)};
  }
  return object;
}

Result<std::string> device_id(const json::object& info) {
  const auto* value = find(info, "deviceId");
  if (!value || !value->is_string()) return wrong("it didn't tell its deviceId");
  const auto& id = value->get_string();
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == ':' || c == '_';
  };
  if (id.empty() || id.size() > kLongestId || !std::all_of(id.begin(), id.end(), fits))
    return wrong("its deviceId is none");
  return std::string(id);
}

// What it is, by what it tells of itself; names of models are many and change.
void classify(Info& info, const json::object& told) {
  const auto type = plain_text(told, "type") + plain_text(told, "mic_type");
  const auto* children = find(told, "children");
  const auto* light = find(told, "light_state");
  if (children && children->is_array() && !children->get_array().empty()) {
    info.kind = "strip";
  } else if (type.find("BULB") != type.npos || light) {
    const bool strip = find(told, "length") != nullptr;
    info.kind = strip ? "lightstrip" : "bulb";
    info.how = strip ? Switch::kLightStrip : Switch::kBulb;
    if (light && light->is_object()) info.on = flag(light->get_object(), "on_off");
  } else if (find(told, "relay_state")) {
    info.kind = find(told, "brightness") ? "dimmer" : "plug";
    info.how = Switch::kRelay;
    info.on = flag(told, "relay_state");
    info.metered = plain_text(told, "feature").find("ENE") != std::string::npos;
  }
}

Result<Info> decode_info(const json::object& told) {
  auto id = device_id(told);
  if (!id.ok()) return id.error();
  Info info;
  info.id = *std::move(id);
  info.alias = plain_text(told, "alias");
  info.model = plain_text(told, "model");
  classify(info, told);
  if (info.how != Switch::kNone && !info.on) return wrong("it didn't tell whether it is on");
  const auto rssi = number(told, "rssi");
  if (rssi && *rssi > -200 && *rssi <= 0) info.rssi = static_cast<std::int64_t>(std::lround(*rssi));
  return info;
}

// Old firmware tells V, A, W and kWh, new firmware mV, mA, mW and Wh.
std::optional<double> either(const json::object& told, std::string_view fresh, double fresh_factor,
                             std::string_view old, double old_factor) {
  if (const auto value = number(told, fresh)) return *value * fresh_factor;
  if (const auto value = number(told, old)) return *value * old_factor;
  return {};
}

std::optional<Meter> decode_meter(const json::object& reply) {
  const auto told = answer_of(reply, {"emeter", "get_realtime"}, ErrorCode::kFailed);
  if (!told.ok()) return {};
  return Meter{either(**told, "power_mw", 0.001, "power", 1), either(**told, "total_wh", 1, "total", 1000),
               either(**told, "voltage_mv", 0.001, "voltage", 1),
               either(**told, "current_ma", 0.001, "current", 1)};
}

}  // namespace

Result<Reading> decode_poll(std::string_view text) {
  const auto reply = parse(text);
  if (!reply.ok()) return reply.error();
  const auto told = answer_of(*reply, {"system", "get_sysinfo"}, ErrorCode::kInvalid);
  if (!told.ok()) return told.error();
  auto info = decode_info(**told);
  if (!info.ok()) return info.error();
  return Reading{*std::move(info), decode_meter(*reply)};
}

hearth::Status decode_done(std::string_view text, const Method& method) {
  const auto reply = parse(text);
  if (!reply.ok()) return reply.error();
  const auto told = answer_of(*reply, method, ErrorCode::kFailed);
  if (!told.ok()) return told.error();
  if (!find(**told, "err_code")) return wrong("it didn't tell whether it did it");
  return {};
}

}  // namespace tplink
