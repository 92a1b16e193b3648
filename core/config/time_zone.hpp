// The time zone of the house.
#ifndef HEARTH_CORE_CONFIG_TIME_ZONE_HPP
#define HEARTH_CORE_CONFIG_TIME_ZONE_HPP

#include <filesystem>
#include <string>

namespace hearth::config {

struct ZoneFiles {
  std::filesystem::path localtime = "/etc/localtime";  // a link into zoneinfo (localtime(5))
  std::filesystem::path zoneinfo = "/usr/share/zoneinfo";
  std::string tz = {};  // what the environment says (TZ, tzset(3)); empty: nothing
};

// Is it the name of a zone on this system? "UTC" always is. `name` may be anything.
bool is_time_zone(const std::string& name, const ZoneFiles& files);

struct SystemZone {
  std::string name = "UTC";
  std::string doubt;  // why the system's clocks may show another time, for a person; empty: they don't
};

// The name that TZ gives or, without one, that localtime points to; "UTC" when that names none. A system
// without localtime is in UTC (tzset(3)); one whose localtime is a copy of a zone's file doesn't say of
// which.
SystemZone system_time_zone(const ZoneFiles& files);

}  // namespace hearth::config

#endif
