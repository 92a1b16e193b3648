// Looks up zone and sun, and keeps what was found.
#include "core/schedule/place.hpp"

#include <algorithm>
#include <utility>

#include "core/schedule/calendar.hpp"

namespace hearth::core {
namespace {

std::int64_t to_seconds(std::int64_t us) { return floor_div(std::clamp(us, kFirstUs, kLastUs), kSecondUs); }

}  // namespace

Place::Place(Zone zone, std::optional<Coordinates> where) : zone_(std::move(zone)), where_(where) {
  if (where_ && !where_->on_earth()) where_.reset();
}

std::int64_t Place::local_s(std::int64_t utc_us) {
  const std::int64_t utc_s = to_seconds(utc_us);
  if (!span_ || utc_s < span_->begin_s || utc_s >= span_->end_s) span_ = zone_.span_at(utc_s);
  return utc_s + span_->offset_s;
}

std::int32_t Place::day_of(std::int64_t utc_us) {
  return static_cast<std::int32_t>(floor_div(local_s(utc_us), kDaySeconds));
}

std::int64_t Place::to_utc_us(std::int64_t local_s) {
  local_s = std::clamp(local_s, kFirstDay * kDaySeconds, (kLastDay + 1) * kDaySeconds - 1);
  // Two days from a change (clocks have been set by a day, never by more) no reading is skipped or comes
  // twice.
  constexpr std::int64_t kSafe = 2 * kDaySeconds;
  if (span_) {
    const std::int64_t utc_s = local_s - span_->offset_s;
    if (utc_s - kSafe >= span_->begin_s && utc_s + kSafe < span_->end_s) return utc_s * kSecondUs;
  }
  return zone_.to_utc_s(local_s) * kSecondUs;
}

const SunTimes* Place::sun(std::int32_t day) {
  if (!where_) return nullptr;
  suns_.resize(kKeptDays);
  KeptSun& kept = suns_[static_cast<std::uint32_t>(day) % kKeptDays];
  if (kept.day != day) kept = {day, sun_on(day, zone_, *where_)};
  return &kept.times;
}

}  // namespace hearth::core
