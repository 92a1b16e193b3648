// A program's words and times as the protocol writes them.
#ifndef HEARTH_ATHOME_PROGRAM_TIME_HPP
#define HEARTH_ATHOME_PROGRAM_TIME_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::athome {

// In the order of ProgramTrigger and ProgramCommand.
inline constexpr std::array<std::string_view, 4> kTriggerWords{"none", "clock-time", "sunrise", "sunset"};
inline constexpr std::array<std::string_view, 5> kCommandWords{"none", "on", "off", "dim", "bright"};

// Seconds after midnight. "7:30", "07:30", "07:30:15", and anything that ends in eight such characters, so
// that what a query told can be sent back: "1900-01-01 17:45:00". None for what is no time of a day.
std::optional<std::uint32_t> parse_time(std::string_view text);

// "1900-01-01 17:45:00".
std::string time_text(std::uint32_t seconds);

}  // namespace hearth::athome

#endif
