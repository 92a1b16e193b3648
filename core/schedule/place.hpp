// Where the house stands and which time its clocks show.
#ifndef HEARTH_CORE_SCHEDULE_PLACE_HPP
#define HEARTH_CORE_SCHEDULE_PLACE_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include "core/schedule/sun.hpp"
#include "core/schedule/zone.hpp"

namespace hearth::core {

// Zone and sun, kept so that thousands of programs may ask for the same dates. Not thread-safe. Any value may
// be given as a time or a day: see calendar.hpp.
class Place {
 public:
  // Coordinates that aren't on earth count as none.
  explicit Place(Zone zone, std::optional<Coordinates> where = std::nullopt);

  const Zone& zone() const { return zone_; }
  const std::optional<Coordinates>& where() const { return where_; }

  // What clocks show at an instant, in seconds since 1970-01-01 00:00 on the wall.
  std::int64_t local_s(std::int64_t utc_us);
  // The local date of an instant.
  std::int32_t day_of(std::int64_t utc_us);
  // Microseconds of Zone::to_utc_s().
  std::int64_t to_utc_us(std::int64_t local_s);

  // Null without coordinates. The next call may overwrite it.
  const SunTimes* sun(std::int32_t day);

 private:
  // A year and more, so that a search through a polar night finds its dates here the next time.
  static constexpr std::size_t kKeptDays = 512;
  struct KeptSun {
    std::optional<std::int32_t> day;
    SunTimes times;
  };

  Zone zone_;
  std::optional<Coordinates> where_;
  std::optional<Zone::Span> span_;  // the one that was asked for last: nearly always the next one, too
  std::vector<KeptSun> suns_;       // by the day modulo kKeptDays; empty until a first sun is asked for
};

}  // namespace hearth::core

#endif
