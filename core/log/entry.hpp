// One entry of the log, and its level.
#ifndef HEARTH_CORE_LOG_ENTRY_HPP
#define HEARTH_CORE_LOG_ENTRY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::core {

// The numbers of HEARTH_DEBUG ... HEARTH_ERROR in abi.h.
enum class LogLevel : std::uint32_t {
  kDebug = 0,    // an author wants it
  kInfo = 1,     // a person wants it
  kWarning = 2,  // something is wrong and was dealt with
  kError = 3,    // something is wrong and a person has to look
};

// "debug", "info", "warning", "error".
std::string_view name(LogLevel level);
std::optional<LogLevel> log_level(std::string_view name);

struct LogEntry {
  std::uint64_t seq = 0;     // from 1, without gaps
  std::int64_t time_us = 0;  // wall clock, microseconds since 1970
  LogLevel level = LogLevel::kInfo;
  std::string plugin;  // empty: the server itself
  std::string device;  // empty: none
  std::string text;    // one line of UTF-8, at most Log::kMaxText bytes
};

}  // namespace hearth::core

#endif
