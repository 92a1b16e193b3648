// The rule by which a zone's clocks change for ever: "CET-1CEST,M3.5.0,M10.5.0/3".
#ifndef HEARTH_CORE_SCHEDULE_POSIX_RULE_HPP
#define HEARTH_CORE_SCHEDULE_POSIX_RULE_HPP

#include <cstdint>
#include <memory>
#include <string>

namespace hearth::core {

// Seconds since 1970 within which the offset from UTC (east is positive) is the same.
struct ZoneSpan {
  std::int64_t begin_s;
  std::int64_t end_s;  // the first second that is no longer in it
  std::int64_t offset_s;
};

// Times are within the years of calendar.hpp.
class PosixRule {
 public:
  // The value of TZ as POSIX has it (XBD 8.3). Null for what the date library can't read: a rule that isn't
  // one, and a change at a negative hour, as in Nuuk.
  static std::shared_ptr<const PosixRule> read(const std::string& rule);

  virtual ~PosixRule() = default;
  virtual ZoneSpan span_at(std::int64_t utc_s) const = 0;
  // As Zone::to_utc_s().
  virtual std::int64_t to_utc_s(std::int64_t local_s) const = 0;
};

}  // namespace hearth::core

#endif
