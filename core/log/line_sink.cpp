// Log lines for a terminal, a file or the journal.
#include "core/log/line_sink.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace hearth::core {
namespace {

std::string local_time(std::int64_t time_us) {
  std::int64_t seconds = time_us / 1'000'000;
  std::int64_t rest = time_us % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  const std::time_t when = seconds;
  std::tm parts{};
  localtime_r(&when, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, rest / 1000);
}

// Five letters wide.
std::string_view column(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info ";
    case LogLevel::kWarning: return "warn ";
    case LogLevel::kError: return "error";
  }
  return "error";
}

// sd-daemon(3).
int priority(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return 7;
    case LogLevel::kInfo: return 6;
    case LogLevel::kWarning: return 4;
    case LogLevel::kError: return 3;
  }
  return 3;
}

std::string_view colour(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "\x1b[2m";
    case LogLevel::kInfo: return "";
    case LogLevel::kWarning: return "\x1b[33m";
    case LogLevel::kError: return "\x1b[31m";
  }
  return "";
}

// "lights lights:8006E: text"; the server's own entries are the bare text.
std::string sentence(const LogEntry& entry) {
  std::string words = entry.plugin;
  if (!words.empty() && !entry.device.empty()) words += ' ';
  words += entry.device;
  if (!words.empty()) words += ": ";
  return words + entry.text;
}

}  // namespace

LineStyle line_style(int fd) {
  struct stat status {};
  const char* stream = std::getenv("JOURNAL_STREAM");
  if (stream != nullptr && fstat(fd, &status) == 0 &&
      fmt::format("{}:{}", status.st_dev, status.st_ino) == std::string_view(stream)) {
    return LineStyle::kJournal;
  }
  return isatty(fd) == 1 ? LineStyle::kTerminal : LineStyle::kPlain;
}

std::string format_line(const LogEntry& entry, LineStyle style) {
  switch (style) {
    case LineStyle::kJournal: return fmt::format("<{}>{}", priority(entry.level), sentence(entry));
    case LineStyle::kTerminal: {
      const std::string_view on = colour(entry.level);
      return fmt::format("{} {}{} {}{}", local_time(entry.time_us), on, column(entry.level), sentence(entry),
                         on.empty() ? "" : "\x1b[0m");
    }
    case LineStyle::kPlain: break;
  }
  return fmt::format("{} {} {}", local_time(entry.time_us), column(entry.level), sentence(entry));
}

LineSink::LineSink(int fd) : fd_(fd), style_(fd < 0 ? LineStyle::kPlain : line_style(fd)) {}

void LineSink::write(const LogEntry& entry) {
  if (fd_ < 0) return;
  if (dropped_ > 0 && writable()) {
    LogEntry note = entry;
    note.level = LogLevel::kWarning;
    note.plugin.clear();
    note.device.clear();
    note.text = fmt::format("{} lines could not be written here; the log itself has them", dropped_);
    if (put(format_line(note, style_))) dropped_ = 0;
  }
  if (!writable() || !put(format_line(entry, style_))) ++dropped_;
}

bool LineSink::writable() const {
  pollfd poll_fd{fd_, POLLOUT, 0};
  return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0;
}

bool LineSink::put(std::string line) {
  // A pipe that polls writable takes PIPE_BUF bytes at once without blocking (pipe(7)), and no more for sure.
  if (line.size() >= PIPE_BUF) {
    const bool reset = style_ == LineStyle::kTerminal && line.ends_with("\x1b[0m");
    line.resize(PIPE_BUF - 12);
    while ((static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
    line.pop_back();
    line += "\xE2\x80\xA6";
    if (reset) line += "\x1b[0m";
  }
  line += '\n';
  ssize_t written = 0;
  do {
    written = ::write(fd_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  return written == static_cast<ssize_t>(line.size());
}

}  // namespace hearth::core
