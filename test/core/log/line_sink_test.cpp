// Tests of the lines that the log writes.
#include "core/log/line_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

using hearth::core::format_line;
using hearth::core::LineSink;
using hearth::core::LineStyle;
using hearth::core::LogEntry;
using hearth::core::LogLevel;

namespace {

// Sets an environment variable, and puts the old value back.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value, 1);
  }
  ~Environment() { old_.empty() ? unsetenv(name_) : setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

struct Pipe {
  Pipe() { REQUIRE(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  std::string read_all() {
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, n);
    return text;
  }
  int ends[2];
};

LogEntry entry(std::string text) {
  return {1, 1'795'200'132'123'456, LogLevel::kInfo, "tplink", "tplink:8006E", text};
}

}  // namespace

TEST_CASE("a plain line shows time, level, plugin, device and text") {
  const Environment zone("TZ", "UTC");
  tzset();
  CHECK(format_line(entry("on"), LineStyle::kPlain) ==
        "2026-11-20 18:42:12.123 info  tplink tplink:8006E: on");
  LogEntry server{1, -1, LogLevel::kWarning, "", "", "ready"};
  CHECK(format_line(server, LineStyle::kPlain) == "1969-12-31 23:59:59.999 warn  ready");
}

TEST_CASE("a line for the journal begins with its priority and has no time") {
  CHECK(format_line(entry("on"), LineStyle::kJournal) == "<6>tplink tplink:8006E: on");
  LogEntry failed{1, 0, LogLevel::kError, "tplink", "", "off"};
  CHECK(format_line(failed, LineStyle::kJournal) == "<3>tplink: off");
}

TEST_CASE("only a terminal is written to in colour") {
  LogEntry failed{1, 0, LogLevel::kError, "", "", "bad"};
  CHECK(format_line(failed, LineStyle::kTerminal).find('\x1b') != std::string::npos);
  CHECK(format_line(failed, LineStyle::kPlain).find('\x1b') == std::string::npos);
  Pipe pipe;
  CHECK(hearth::core::line_style(pipe.ends[1]) == LineStyle::kPlain);
}

TEST_CASE("the journal's style is chosen when JOURNAL_STREAM names the descriptor") {
  Pipe pipe;
  struct stat status {};
  REQUIRE(fstat(pipe.ends[1], &status) == 0);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  {
    const Environment journal("JOURNAL_STREAM", stream.c_str());
    CHECK(hearth::core::line_style(pipe.ends[1]) == LineStyle::kJournal);
  }
  const Environment another("JOURNAL_STREAM", "1:1");
  CHECK(hearth::core::line_style(pipe.ends[1]) == LineStyle::kPlain);
}

TEST_CASE("a reader that has stopped reading costs lines, never time, and is told how many") {
  Pipe pipe;
  LineSink sink(pipe.ends[1]);
  for (int i = 0; i < 100; ++i) sink.write(entry(std::string(2000, 'x')));  // a pipe holds 64 KiB
  const std::string before = pipe.read_all();
  CHECK(before.size() < 70'000);
  sink.write(entry("back"));
  const std::string after = pipe.read_all();
  CHECK(after.find("lines could not be written here") != std::string::npos);
  CHECK(after.ends_with("tplink tplink:8006E: back\n"));
}

TEST_CASE("a line longer than a pipe takes at once is cut") {
  Pipe pipe;
  LineSink sink(pipe.ends[1]);
  sink.write(entry(std::string(4096, 'x')));
  const std::string line = pipe.read_all();
  CHECK(line.size() <= 4096);
  CHECK(line.ends_with("x\xE2\x80\xA6\n"));
}
