// Model: one simulated device, what it can do and what it shows at a given time; it knows no loop and no bus.
#ifndef HEARTH_DRIVERS_SIMULATED_MODEL_HPP
#define HEARTH_DRIVERS_SIMULATED_MODEL_HPP

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift.hpp"
#include "hearth/capability.hpp"

namespace simulated {

enum class Kind { kLight, kDimmer, kColor, kPlug, kSensor };

// None for a word that is no kind.
std::optional<Kind> kind_of(std::string_view word);

class Model {
 public:
  // `patterned`: a lamp that can blink, with the capability pattern.
  Model(std::string_view id, Kind kind, bool patterned = false);

  std::vector<hearth::Capability> capabilities() const;
  // What a client may take it for: "bulb", "dimmer", "plug", "sensor".
  std::string_view category() const;
  // Does it show anything that changes by itself?
  bool drifts() const { return kind_ == Kind::kPlug || kind_ == Kind::kSensor; }

  // Carries out a command at `seconds`. The value has been checked: capability, type, range. Its value is the
  // caller's to show; what follows from it is among the changes().
  void set(const std::string& capability, const hearth::Value& value, double seconds);

  // What it shows at `seconds` (never earlier than before) that differs from the last call; all of it at the
  // first.
  std::map<std::string, hearth::Value> changes(double seconds);

  // It shows a pattern ("slow", "none"), and is on while that isn't dark.
  void show(std::string_view pattern);

  // Will the next command fail, at this rate of failures?
  bool next_fails(double rate) { return drift_.chance(commands_++) < rate; }

 private:
  std::vector<hearth::Capability> usual_capabilities() const;
  bool on() const;
  void meter(double seconds);
  void sense(double seconds);

  Kind kind_;
  Drift drift_;
  std::map<std::string, hearth::Value> now_, shown_;
  double energy_wh_ = 0, metered_at_ = 0;
  std::uint64_t commands_ = 0;
};

}  // namespace simulated

#endif
