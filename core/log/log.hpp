// The log of the server and its plugins: a ring of the last entries, a line each to stderr, listeners.
#ifndef HEARTH_CORE_LOG_LOG_HPP
#define HEARTH_CORE_LOG_LOG_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/entry.hpp"
#include "core/log/line_sink.hpp"
#include "core/log/rate_limit.hpp"

namespace hearth::core {

struct LogOptions {
  std::size_t entries = 10'000;           // the ring's length, at least Log::kMinEntries
  LogLevel level = LogLevel::kInfo;       // what is below is not kept
  int fd = 2;                             // where the lines go; -1: nowhere
  Rate plugin_rate;                       // for each plugin
  std::function<std::int64_t()> wall_us;  // empty: the system's clocks
  std::function<std::int64_t()> steady_us;
};

// Dropping it ends the listening: once the destructor returns, the function is not called again. It may
// outlive the log. Not to be dropped from within the function itself.
class [[nodiscard]] LogListener {
 public:
  LogListener() = default;
  LogListener(LogListener&&) noexcept = default;
  LogListener& operator=(LogListener&& other) noexcept;
  ~LogListener();

 private:
  friend class Log;
  struct List;
  LogListener(std::weak_ptr<List> list, std::uint64_t id) : list_(std::move(list)), id_(id) {}
  void end() noexcept;

  std::weak_ptr<List> list_;
  std::uint64_t id_ = 0;
};

// Every function may be called from any thread. An object passed by reference, not a global. Writing costs a
// lock, a copy and a write(2) that doesn't block. Secrets and coordinates have no business here: who logs,
// leaves them out.
class Log {
 public:
  static constexpr std::size_t kMinEntries = 16;
  static constexpr std::size_t kMaxText = 4096;  // bytes
  static constexpr std::size_t kMaxName = 128;   // bytes of a plugin's or a device's id
  static constexpr std::size_t kMeanText = 512;  // the ring holds at most entries * kMeanText bytes of text

  explicit Log(LogOptions options = {});
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // `plugin` is an id that the host has stamped, "" for the server; `device` and `text` may be hostile: they
  // are made one line of UTF-8 and cut. A plugin past its rate is not heard for a while; how many lines that
  // cost is said once, with the first line of anybody after the plugin may speak again. The server is never
  // limited.
  void write(LogLevel level, std::string_view plugin, std::string_view device, std::string_view text);

  // The server's own words.
  void debug(std::string_view text) { write(LogLevel::kDebug, {}, {}, text); }
  void info(std::string_view text) { write(LogLevel::kInfo, {}, {}, text); }
  void warning(std::string_view text) { write(LogLevel::kWarning, {}, {}, text); }
  void error(std::string_view text) { write(LogLevel::kError, {}, {}, text); }

  void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }
  LogLevel level() const { return level_.load(std::memory_order_relaxed); }
  void set_entries(std::size_t entries);

  // The oldest `max` entries after number `seq` (0: from the beginning) that are of `min_level` or above,
  // oldest first. To follow the log, pass the seq of the last one received.
  std::vector<LogEntry> entries_since(std::uint64_t seq, std::size_t max,
                                      LogLevel min_level = LogLevel::kDebug) const;
  // The newest `max`, oldest first.
  std::vector<LogEntry> latest(std::size_t max, LogLevel min_level = LogLevel::kDebug) const;
  // The number of the newest entry; 0 when there is none.
  std::uint64_t last_seq() const;
  // Lines that the rate limit has cost the plugin so far.
  std::uint64_t suppressed(std::string_view plugin) const;

  // `wake` is called after each entry, on the thread that logged it, so it only wakes somebody (eventfd,
  // post): it must not block, throw, log, or touch listeners.
  LogListener on_entry(std::function<void()> wake);

 private:
  bool allowed(std::string_view plugin);
  bool say_suppressed();
  void append(LogLevel level, std::string_view plugin, std::string device, std::string text);
  void trim();

  const LogOptions options_;
  std::atomic<LogLevel> level_;

  // Held while an entry is numbered, kept and written, so that all see one order. Taken before ring_mutex_.
  mutable std::mutex write_mutex_;
  LineSink sink_;
  std::map<std::string, RateLimit, std::less<>> limits_;
  std::size_t limits_pending_ = 0;  // how many of them have suppressed lines that were not told

  // Apart, so that readers don't wait for the sink.
  mutable std::mutex ring_mutex_;
  std::deque<LogEntry> ring_;
  std::size_t ring_bytes_ = 0;
  std::size_t ring_entries_;
  std::uint64_t last_seq_ = 0;

  std::shared_ptr<LogListener::List> listeners_;
};

}  // namespace hearth::core

#endif
