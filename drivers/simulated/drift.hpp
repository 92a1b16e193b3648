// Drift: readings that wander as real ones do, computed from the device's id and the time alone.
#ifndef HEARTH_DRIVERS_SIMULATED_DRIFT_HPP
#define HEARTH_DRIVERS_SIMULATED_DRIFT_HPP

#include <cstdint>
#include <string_view>

namespace simulated {

// Everything: same arguments, same answer, on every machine and after every start. `seconds` is the age of
// the simulation.
class Drift {
 public:
  explicit Drift(std::string_view id);

  double temperature(double seconds) const;  // °C, 15 to 27, one decimal
  double humidity(double seconds) const;     // %, 30 to 70, one decimal
  bool motion(double seconds) const;         // about one in eight spans of 20 s
  bool contact(double seconds) const;        // closed (true) about three in four spans of 60 s
  int battery(double seconds) const;         // %, one less each 6 hours, charged again at 10
  double load() const;                       // W, 5 to 105: what the plug's appliance takes when it is on
  double voltage(double seconds) const;      // V, 225 to 235, one decimal

  // 0 <= n-th number < 1 of the device's own sequence.
  double chance(std::uint64_t n) const;

 private:
  double wave(std::uint64_t salt, double period_s, double seconds) const;
  double fixed(std::uint64_t salt) const;

  std::uint64_t seed_;
};

}  // namespace simulated

#endif
