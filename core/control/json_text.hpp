// Writes JSON as text, piece by piece: for lines that are made often and never read back here.
#ifndef HEARTH_CORE_CONTROL_JSON_TEXT_HPP
#define HEARTH_CORE_CONTROL_JSON_TEXT_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::core {

// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& out, std::string_view text);

// The shortest digits that read back as the same number; null for infinities and NaN, which JSON lacks.
void append_json(std::string& out, double number);

// Appends at most the first `limit` of `size` bytes as a JSON string of hexadecimal digits.
void append_json_hex(std::string& out, const std::uint8_t* data, std::size_t size, std::size_t limit);

// "2024-03-01T12:00:00.000001Z". Microseconds since 1970; outside the years 1970 to 9999 the nearest of them.
std::string iso_time(std::int64_t time_us);

}  // namespace hearth::core

#endif
