// Writes log entries to a descriptor, one line each, and never waits for its reader.
#ifndef HEARTH_CORE_LOG_LINE_SINK_HPP
#define HEARTH_CORE_LOG_LINE_SINK_HPP

#include <cstdint>
#include <string>

#include "core/log/entry.hpp"

namespace hearth::core {

// How a line looks.
enum class LineStyle {
  kPlain,     // 2026-11-20 18:42:12.123 info  lights lights:8006E: text     (local time)
  kTerminal,  // the same, warnings and errors in colour
  kJournal,   // <6>lights lights:8006E: text     (sd-daemon(3); the journal keeps the time)
};

// kJournal when JOURNAL_STREAM names this descriptor (systemd.exec(5)), kTerminal on a tty, else kPlain.
LineStyle line_style(int fd);

std::string format_line(const LogEntry& entry, LineStyle style);

// Not thread-safe. Lines that the reader leaves no room for are dropped and counted, and the number is
// written when there is room again: a stopped reader of stderr must not stop the house. The process has to
// ignore SIGPIPE.
class LineSink {
 public:
  // `fd` belongs to the caller; -1 writes nothing.
  explicit LineSink(int fd);

  void write(const LogEntry& entry);

 private:
  bool writable() const;
  bool put(std::string line);

  int fd_;
  LineStyle style_;
  std::uint64_t dropped_ = 0;
};

}  // namespace hearth::core

#endif
