// Model: state, meter and sensors of a simulated device.
#include "model.hpp"

#include <cmath>

namespace simulated {
namespace {

constexpr std::string_view kDark = "none", kSteady = "steady";

double rounded(double x) { return std::round(x * 1000) / 1000; }

}  // namespace

std::optional<Kind> kind_of(std::string_view word) {
  if (word == "light") return Kind::kLight;
  if (word == "dimmer") return Kind::kDimmer;
  if (word == "color") return Kind::kColor;
  if (word == "plug") return Kind::kPlug;
  if (word == "sensor") return Kind::kSensor;
  return {};
}

Model::Model(std::string_view id, Kind kind, bool patterned) : kind_(kind), drift_(id) {
  if (patterned) now_["pattern"] = std::string(kDark);
  if (kind != Kind::kSensor) now_["on_off"] = false;
  if (kind == Kind::kDimmer || kind == Kind::kColor) now_["brightness"] = std::int64_t{100};
  if (kind == Kind::kColor) {
    now_["color"] = hearth::Color{};
    now_["color_temperature"] = std::int64_t{2700};
  }
}

std::vector<hearth::Capability> Model::capabilities() const {
  auto all = usual_capabilities();
  if (now_.contains("pattern")) all.emplace_back("pattern");
  return all;
}

std::vector<hearth::Capability> Model::usual_capabilities() const {
  switch (kind_) {
    case Kind::kLight: return {"on_off"};
    case Kind::kDimmer: return {"on_off", "brightness"};
    case Kind::kColor:
      return {"on_off", "brightness", "color", hearth::Capability("color_temperature").range(2500, 9000)};
    case Kind::kPlug: return {"on_off", "power", "energy", "voltage", "current"};
    case Kind::kSensor: return {"temperature", "humidity", "motion", "contact", "battery"};
  }
  return {};
}

std::string_view Model::category() const {
  switch (kind_) {
    case Kind::kLight: return "bulb";
    case Kind::kDimmer: return "dimmer";
    case Kind::kColor: return "bulb";
    case Kind::kPlug: return "plug";
    case Kind::kSensor: return "sensor";
  }
  return {};
}

void Model::set(const std::string& capability, const hearth::Value& value, double seconds) {
  if (kind_ == Kind::kPlug) meter(seconds);  // what was used until now, at the power until now
  now_[capability] = shown_[capability] = value;
  if (capability == "pattern") now_["on_off"] = std::get<std::string>(value) != kDark;
  if (capability == "on_off" && now_.contains("pattern"))
    now_["pattern"] = std::string(std::get<bool>(value) ? kSteady : kDark);
}

void Model::show(std::string_view pattern) {
  now_["pattern"] = std::string(pattern);
  now_["on_off"] = pattern != kDark;
}

std::map<std::string, hearth::Value> Model::changes(double seconds) {
  if (kind_ == Kind::kPlug) meter(seconds);
  if (kind_ == Kind::kSensor) sense(seconds);
  std::map<std::string, hearth::Value> changed;
  for (const auto& [capability, value] : now_) {
    const auto [shown, first] = shown_.try_emplace(capability, value);
    if (!first && shown->second == value) continue;
    shown->second = value;
    changed[capability] = value;
  }
  return changed;
}

bool Model::on() const {
  const auto found = now_.find("on_off");
  return found != now_.end() && std::get<bool>(found->second);
}

void Model::meter(double seconds) {
  const double power = on() ? drift_.load() : 0, voltage = drift_.voltage(seconds);
  energy_wh_ += power * std::max(0.0, seconds - metered_at_) / 3600;
  metered_at_ = std::max(metered_at_, seconds);
  now_["power"] = power;
  now_["energy"] = rounded(energy_wh_);
  now_["voltage"] = voltage;
  now_["current"] = rounded(power / voltage);
}

void Model::sense(double seconds) {
  now_["temperature"] = drift_.temperature(seconds);
  now_["humidity"] = drift_.humidity(seconds);
  now_["motion"] = drift_.motion(seconds);
  now_["contact"] = drift_.contact(seconds);
  now_["battery"] = std::int64_t{drift_.battery(seconds)};
}

}  // namespace simulated
