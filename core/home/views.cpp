// Poco::JSON is for the inside only: what comes from the network is read elsewhere.
#include "core/home/views.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Timestamp.h>
#include <fmt/format.h>

#include <sstream>

#include "core/home/devices.hpp"

namespace hearth::core {

Poco::Dynamic::Var to_json(const Value& value) {
  switch (type_of(value)) {
    case ValueType::kNone: return {};
    case ValueType::kBool: return std::get<bool>(value);
    case ValueType::kInteger: return static_cast<Poco::Int64>(std::get<std::int64_t>(value));
    case ValueType::kNumber: return std::get<double>(value);
    case ValueType::kText: return std::get<std::string>(value);
    case ValueType::kColor: {
      Poco::JSON::Object::Ptr color = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
      color->set("hue", std::get<Color>(value).hue);
      color->set("saturation", std::get<Color>(value).saturation);
      return color;
    }
  }
  return {};
}

std::string to_json_text(const Value& value) {
  std::ostringstream text;
  Poco::JSON::Stringifier::stringify(to_json(value), text);
  return text.str();
}

Value value_from_json(const Poco::Dynamic::Var& json) try {
  if (json.isEmpty()) return {};
  if (json.isBoolean()) return json.convert<bool>();
  if (json.isInteger()) return static_cast<std::int64_t>(json.convert<Poco::Int64>());
  if (json.isNumeric()) return json.convert<double>();
  if (json.isString()) return json.convert<std::string>();
  if (json.type() == typeid(Poco::JSON::Object::Ptr)) {
    const auto& color = json.extract<Poco::JSON::Object::Ptr>();
    return Color{color->getValue<double>("hue"), color->getValue<double>("saturation")};
  }
  return {};
} catch (const Poco::Exception&) {
  return {};
}

Value value_from_json_text(const std::string& text) try {
  if (text.empty()) return {};
  // Poco's parser refuses a bare value, so it stands in a list.
  Poco::JSON::Parser parser;
  return value_from_json(parser.parse("[" + text + "]").extract<Poco::JSON::Array::Ptr>()->get(0));
} catch (const Poco::Exception&) {
  return {};
}

Poco::JSON::Object::Ptr to_json(const CommandDone& done) {
  Poco::JSON::Object::Ptr json = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  json->set("device", done.device);
  json->set("capability", done.capability);
  json->set("outcome", std::string(name(done.outcome)));
  json->set("words", done.words);
  return json;
}

Poco::Dynamic::Var time_to_json(std::int64_t time_us) {
  if (time_us == 0) return {};
  return Poco::DateTimeFormatter::format(Poco::Timestamp(time_us), "%Y-%m-%dT%H:%M:%S.%FZ");
}

namespace {

Poco::JSON::Object::Ptr to_json(const Capability& c) {
  Poco::JSON::Object::Ptr json = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  json->set("name", c.name);
  json->set("type", std::string(name(c.type)));
  if (!c.unit.empty()) json->set("unit", c.unit);
  if (c.has_range()) {
    json->set("min", c.min);
    json->set("max", c.max);
  }
  json->set("writable", c.writable);
  return json;
}

}  // namespace

Poco::JSON::Object::Ptr to_json(const DeviceRecord& device) {
  const auto& d = device.declared;
  Poco::JSON::Object::Ptr json = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  json->set("id", d.device);
  json->set("number", d.number);
  json->set("name", d.name);
  json->set("location", d.location);
  json->set("plugin", device.plugin);
  json->set("address", d.address);
  json->set("channel", d.channel);
  json->set("kind", d.kind);
  json->set("reachable", d.reachable);
  json->set("reason", d.reachable ? Poco::Dynamic::Var() : Poco::Dynamic::Var(d.reason));
  Poco::JSON::Array::Ptr capabilities = new Poco::JSON::Array;
  for (const auto& capability : d.capabilities) capabilities->add(to_json(capability));
  json->set("capabilities", capabilities);
  Poco::JSON::Object::Ptr states = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  for (const auto& [capability, state] : device.states) {
    Poco::JSON::Object::Ptr one = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
    one->set("reported", to_json(state.reported));
    one->set("desired", to_json(state.desired));
    one->set("since", time_to_json(state.reported_us));
    states->set(capability, one);
  }
  json->set("state", states);
  return json;
}

}  // namespace hearth::core
