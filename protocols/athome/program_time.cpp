// Digits and colons.
#include "program_time.hpp"

#include <charconv>
#include <cstdio>

namespace hearth::athome {

namespace {

constexpr std::size_t kFullTime = 8;  // of "HH:MM:SS"

// Takes one or two digits off the front; they make a number below `limit`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t limit, std::size_t least) {
  const auto digits = text.substr(0, text.find(':'));
  if (digits.size() < least || digits.size() > 2) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number >= limit) return std::nullopt;
  text.remove_prefix(digits.size());
  return number;
}

}  // namespace

std::optional<std::uint32_t> parse_time(std::string_view text) {
  if (text.size() > kFullTime) text.remove_prefix(text.size() - kFullTime);
  const auto hour = take_number(text, 24, 1);
  if (!hour || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  const auto minute = take_number(text, 60, 2);
  if (!minute) return std::nullopt;
  if (text.empty()) return *hour * 3600 + *minute * 60;
  text.remove_prefix(1);
  const auto second = take_number(text, 60, 2);
  if (!second || !text.empty()) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *second;
}

std::string time_text(std::uint32_t seconds) {
  std::array<char, 40> buffer;
  std::snprintf(buffer.data(), buffer.size(), "1900-01-01 %02u:%02u:%02u", seconds / 3600, seconds / 60 % 60,
                seconds % 60);
  return buffer.data();
}

}  // namespace hearth::athome
