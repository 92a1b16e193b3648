// LocalTime: wall-clock times as the protocol writes them.
#ifndef HEARTH_ATHOME_LOCAL_TIME_HPP
#define HEARTH_ATHOME_LOCAL_TIME_HPP

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace hearth::athome {

// Remembers the last second that it wrote: under load that is nearly always the one asked for.
class LocalTime {
 public:
  // "2024-01-29 11:04:06.093000" in the machine's zone, from microseconds since 1970. The fraction is left
  // out when it is 0, as Python does. Valid until the next call.
  std::string_view text(std::int64_t wall_us);

  // "2024-01-29T11:04:06+01:00" (ISO 8601).
  static std::string iso_text(std::int64_t wall_us);

  // 0 is Monday, 6 is Sunday.
  static int day_of_week(std::int64_t wall_us);

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

}  // namespace hearth::athome

#endif
