// log.get and log.follow: the log's ring for the control socket.
#ifndef HEARTH_CORE_CONTROL_LOG_METHODS_HPP
#define HEARTH_CORE_CONTROL_LOG_METHODS_HPP

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/log/entry.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

class Log;  // the server's, of core/log/log.hpp

// Which entries somebody wants to see.
struct LogFilter {
  LogLevel level = LogLevel::kDebug;
  std::optional<std::string> plugin;  // "" is the server itself

  bool wants(const LogEntry& entry) const {
    return entry.level >= level && (!plugin || entry.plugin == *plugin);
  }
};

// Of {"level", "plugin"}; the server itself is the plugin "server".
Result<LogFilter> log_filter(const Poco::JSON::Object& params);

// {"seq","time","level","plugin","device","text"}; plugin "" is the server.
std::string to_json(const LogEntry& entry);

// log.get {since?, max?, level?, plugin?} -> {"entries": [...], "last_seq"}, oldest first. With `since` those
// after that number, the oldest `max` of them; without, the newest `max` (100 unless told). At most what an
// answer holds.
Result<std::string> log_get(const Log& log, const Poco::JSON::Object& params);

// Notifications: log.entry for each entry from its making on; log.dropped {"count"} where the ring was faster
// than the client. It reads the ring when the client has room, so a slow client costs nobody anything. [loop]
class LogFollower {
 public:
  // Takes a line for the client; false when there is no room.
  using Offer = std::function<bool(std::string_view line)>;

  LogFollower(const Log& log, LogFilter filter, Offer offer);

  // There are new entries, or there is room again.
  void pump();

 private:
  bool send(const LogEntry& entry);

  const Log& log_;
  const LogFilter filter_;
  const Offer offer_;
  std::uint64_t last_;  // number of the last entry dealt with
};

}  // namespace hearth::core

#endif
