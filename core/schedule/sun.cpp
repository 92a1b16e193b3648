// The sun by libnova's positions.
//
// Not by its ln_get_solar_rst(): in version 0.16 ln_get_solar_equ_coords() answers for the equinox of 2000,
// so that rising and setting come 3.5 s too early for each year since (92 s in 2026), and which day it means
// depends on the longitude. The same positions, precessed to the date, meet the specification's vectors.
#include "core/schedule/sun.hpp"

#include <libnova/precession.h>
#include <libnova/sidereal_time.h>
#include <libnova/solar.h>

#include <array>
#include <cmath>
#include <numbers>

#include "core/schedule/calendar.hpp"

namespace hearth::core {
namespace {

// The altitude of the sun's centre when it rises: 0.2667 for its radius and 0.523 for the bending of light,
// as the original reckons. (The usual -0.8333 would be up to 42 s off its times.)
constexpr double kHorizonDegrees = -0.79;
constexpr double kHalfDay = kDaySeconds / 2.0;
constexpr double kSecondsPerDegree = kDaySeconds / 360.0;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

// Into -180 to 180.
double half_turn(double degrees) { return std::remainder(degrees, 360.0); }

double julian_day(double utc_s) { return utc_s / static_cast<double>(kDaySeconds) + 2'440'587.5; }

ln_equ_posn position(double utc_s) {
  ln_equ_posn of_2000{}, of_date{};
  ln_get_solar_equ_coords(julian_day(utc_s), &of_2000);
  ln_get_equ_prec(&of_2000, julian_day(utc_s), &of_date);
  return of_date;
}

// The sky over a place within half a day of an instant.
class Sky {
 public:
  Sky(double middle_s, const Coordinates& where)
      : sidereal_(ln_get_apparent_sidereal_time(julian_day(middle_s)) * 15 + where.longitude),
        sin_latitude_(std::sin(radians(where.latitude))),
        cos_latitude_(std::cos(radians(where.latitude))) {
    const ln_equ_posn middle = position(middle_s);
    for (int i = 0; i < 3; ++i) {
      const ln_equ_posn at = i == 1 ? middle : position(middle_s + (i - 1) * kHalfDay);
      ascension_[i] = middle.ra + half_turn(at.ra - middle.ra);
      declination_[i] = at.dec;
    }
  }

  // Degrees that the sun is past the meridian, `s` seconds after the middle.
  double hour_angle(double s) const {
    constexpr double kSiderealDegreesPerDay = 360.98564736629;
    return half_turn(sidereal_ + kSiderealDegreesPerDay * s / kDaySeconds - at(ascension_, s));
  }

  bool sun_is_up(double s) const {
    const double declination = radians(at(declination_, s));
    const double sine = sin_latitude_ * std::sin(declination) +
                        cos_latitude_ * std::cos(declination) * std::cos(radians(hour_angle(s)));
    return sine >= std::sin(radians(kHorizonDegrees));
  }

 private:
  // A parabola through the three.
  static double at(const std::array<double, 3>& of, double s) {
    const double x = s / kHalfDay;
    return of[1] + x / 2 * (of[2] - of[0] + x * (of[0] - 2 * of[1] + of[2]));
  }

  double sidereal_;
  double sin_latitude_, cos_latitude_;
  std::array<double, 3> ascension_{}, declination_{};  // half a day before, then, and half a day after
};

// Seconds of the sun's noon.
double transit(const Sky& sky) {
  double s = 0;
  for (int i = 0; i < 3; ++i) s -= sky.hour_angle(s) * kSecondsPerDegree;
  return s;
}

// Where between the two the sun comes up or goes down; it is up at one end only.
double crossing(const Sky& sky, double from_s, double to_s) {
  const bool up_after = sky.sun_is_up(to_s);
  while (to_s - from_s > 0.05) {
    const double middle = (from_s + to_s) / 2;
    (sky.sun_is_up(middle) == up_after ? to_s : from_s) = middle;
  }
  return to_s;
}

// Noon by the mean sun, the one nearest to the noon of the clocks: steadier from date to date than the sun's
// own.
double mean_noon(std::int32_t day, const Zone& zone, double longitude) {
  const std::int64_t noon = day * kDaySeconds + kDaySeconds / 2;
  const double mean = static_cast<double>(noon) - longitude * kSecondsPerDegree;
  const double apart = static_cast<double>(zone.to_utc_s(noon)) - mean;
  return mean + std::round(apart / static_cast<double>(kDaySeconds)) * static_cast<double>(kDaySeconds);
}

}  // namespace

bool Coordinates::on_earth() const {
  return std::abs(latitude) <= 90 && std::abs(longitude) <= 180;  // NaN is neither
}

SunTimes sun_on(std::int32_t day, const Zone& zone, const Coordinates& where) {
  SunTimes times;
  if (day < kFirstDay || day > kLastDay || !where.on_earth()) return times;
  const double middle = mean_noon(day, zone, where.longitude);
  const Sky sky(middle, where);
  const double noon = transit(sky);
  // Near a pole the sun's declination outruns the turning earth: there it may go down before noon, or come up
  // after.
  for (const double from : {noon - kHalfDay, noon}) {
    const bool up_before = sky.sun_is_up(from);
    if (sky.sun_is_up(from + kHalfDay) == up_before) continue;
    auto& which = up_before ? times.sunset_us : times.sunrise_us;
    which = std::llround(middle + crossing(sky, from, from + kHalfDay)) * kSecondUs;
  }
  if (!times.sunrise_us || !times.sunset_us) times.polar = sky.sun_is_up(noon) ? Polar::kDay : Polar::kNight;
  return times;
}

}  // namespace hearth::core
