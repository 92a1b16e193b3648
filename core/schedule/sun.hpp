// Sunrise and sunset of a date at a place.
#ifndef HEARTH_CORE_SCHEDULE_SUN_HPP
#define HEARTH_CORE_SCHEDULE_SUN_HPP

#include <cstdint>
#include <optional>

#include "core/schedule/zone.hpp"

namespace hearth::core {

// Degrees; north and east are positive.
struct Coordinates {
  double latitude = 0;
  double longitude = 0;

  // -90 to 90 and -180 to 180.
  bool on_earth() const;
};

// Why a date lacks sunrise or sunset: the sun stays up, or it stays down.
enum class Polar : std::uint8_t { kNo, kDay, kNight };

// Microseconds since 1970, whole seconds. On the first and last days of a polar day or night one of the two
// may be there without the other.
struct SunTimes {
  std::optional<std::int64_t> sunrise_us;
  std::optional<std::int64_t> sunset_us;
  Polar polar = Polar::kNo;
};

// The sunrise before and the sunset after the noon of the local date `day` (days since 1970-01-01). In the
// far north a sunset may so come after midnight; each date still has one of its own. Nothing outside the
// years of calendar.hpp and for a place that isn't on earth.
//
// Accurate to some seconds against the vectors of the specification; real air bends light by more than that.
// It takes about 0.2 ms: Place keeps the results. Not from two threads at once: libnova keeps its last
// results in variables of its own.
SunTimes sun_on(std::int32_t day, const Zone& zone, const Coordinates& where);

}  // namespace hearth::core

#endif
