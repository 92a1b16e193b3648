// Log: lines for a person, with the plugin's name and, where it fits, the device's, put in front by the host.
#ifndef HEARTH_LOG_HPP
#define HEARTH_LOG_HPP

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include "hearth/abi.h"

namespace hearth {

namespace detail {

inline hearth_text slice(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view view(hearth_text text) {
  return {reinterpret_cast<const char*>(text.data), text.size};
}

template <class Part>
void append(std::string& line, const Part& part) {
  if constexpr (std::is_same_v<Part, bool>) {
    line += part ? "true" : "false";
  } else if constexpr (std::is_same_v<Part, char>) {
    line += part;
  } else if constexpr (std::is_arithmetic_v<Part>) {
    char digits[32];
    line.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
  } else {
    line += std::string_view(part);
  }
}

}  // namespace detail

// Text, characters and numbers one after the other: `concat("port ", 9999)`.
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::string line;
  (detail::append(line, parts), ...);
  return line;
}

// Any thread. info: a person wants it; debug: an author wants it. Lines are rate-limited by the host, secrets
// never belong here.
class Log {
 public:
  explicit Log(const hearth_host* host, std::string device = {}) : host_(host), device_(std::move(device)) {}

  // The same log, speaking of one device (its native id).
  Log of(std::string_view device) const { return Log(host_, std::string(device)); }

  template <class... Parts>
  void debug(const Parts&... parts) const {
    write(HEARTH_DEBUG, concat(parts...));
  }
  template <class... Parts>
  void info(const Parts&... parts) const {
    write(HEARTH_INFO, concat(parts...));
  }
  template <class... Parts>
  void warning(const Parts&... parts) const {
    write(HEARTH_WARNING, concat(parts...));
  }
  template <class... Parts>
  void error(const Parts&... parts) const {
    write(HEARTH_ERROR, concat(parts...));
  }

 private:
  void write(std::uint32_t level, std::string_view text) const {
    host_->log(host_, level, detail::slice(device_), detail::slice(text));
  }

  const hearth_host* host_;
  std::string device_;
};

}  // namespace hearth

#endif
