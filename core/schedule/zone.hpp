// A time zone: the offset at an instant, and the instant that a wall clock's reading means.
#ifndef HEARTH_CORE_SCHEDULE_ZONE_HPP
#define HEARTH_CORE_SCHEDULE_ZONE_HPP

#include <cstdint>
#include <memory>
#include <string>

#include "core/schedule/posix_rule.hpp"
#include "hearth/status.hpp"

namespace date {
class time_zone;
}

namespace hearth::core {

// Copies share what was read; it never changes. Any value may be given as a time: one outside the years of
// calendar.hpp counts as their beginning or end.
//
// The zone's file (RFC 8536) lists the changes of the past and, as most systems build it, those until 2037.
// Later ones follow from the rule in the file's last line, which the date library doesn't read; we do.
class Zone {
 public:
  using Span = ZoneSpan;

  // UTC, which needs no file.
  Zone() = default;

  // By its name, "Europe/Berlin", from the system's zoneinfo. The first call lists the whole folder, which
  // takes some milliseconds. Error: no such zone here. `name` may be anything.
  static Result<Zone> find(const std::string& name);

  const std::string& name() const { return name_; }

  Span span_at(std::int64_t utc_s) const;

  // The instant at which clocks show `local_s` (seconds since 1970-01-01 00:00 on the wall). A reading that
  // comes twice means its first time; one that the clocks skip means the first instant after the gap.
  std::int64_t to_utc_s(std::int64_t local_s) const;

 private:
  std::string name_ = "UTC";
  const date::time_zone* listed_ = nullptr;  // the library's, for as long as the process lives
  std::shared_ptr<const PosixRule> beyond_;  // after the last listed change, if there is a rule
};

}  // namespace hearth::core

#endif
