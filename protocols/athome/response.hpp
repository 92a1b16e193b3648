// Response: one answer, written straight into its bytes in the order that clients know.
#ifndef HEARTH_ATHOME_RESPONSE_HPP
#define HEARTH_ATHOME_RESPONSE_HPP

#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "hearth/net/json.hpp"
#include "local_time.hpp"

namespace hearth::athome {

// ASCII, ", " and ": ", and no braces inside strings: the official clients count braces without knowing
// strings.
inline constexpr net::json::Style kWireStyle{.ascii = true, .spaced = true, .escape_braces = true};

enum ResultCode {
  kSuccess = 0,
  kBadRequest = 400,
  kUnknownRequest = 404,
  kServerError = 500,
  kNotImplemented = 501
};

class Response;

// What all answers have in common. One answer is written at a time. [loop]
class Responses {
 public:
  // `wall_us` tells the time, in microseconds since 1970.
  Responses(std::string_view host_name, std::function<std::int64_t()> wall_us);

  // Begins the answer to `request`: request, date-time, server, server-version, the field `key` if there is
  // one, result-code.
  Response begin(std::string_view request, int result_code, std::string_view key = {},
                 std::string_view json = {});

  std::int64_t now_us() const { return wall_us_(); }

 private:
  friend class Response;
  const std::function<std::int64_t()> wall_us_;
  std::string server_;  // as JSON
  LocalTime time_;
  std::string bytes_;
  std::uint64_t sequence_ = 0;
};

// Keys are trusted, values are escaped.
class Response {
 public:
  Response& field(std::string_view key, std::int64_t number);
  Response& field(std::string_view key, std::string_view text);
  // An echo of what the client sent.
  Response& field(std::string_view key, const boost::json::value& value);
  Response& raw(std::string_view key, std::string_view json);

  // Adds message and call-sequence. The bytes are valid until the next answer begins.
  std::string_view finish(std::string_view message);

 private:
  friend class Responses;
  explicit Response(Responses& of) : of_(of) {}
  std::string& key(std::string_view name);

  Responses& of_;
};

}  // namespace hearth::athome

#endif
