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

// The name that TZ gives or, without one, that localtime points to; "UTC" when that names none.
std::string system_time_zone(const ZoneFiles& files);

}  // namespace hearth::config

#endif
