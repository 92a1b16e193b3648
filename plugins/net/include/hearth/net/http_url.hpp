// Url, and the parts of a query: text from outside into what it means.
#ifndef HEARTH_NET_HTTP_URL_HPP
#define HEARTH_NET_HTTP_URL_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::net {

// "https://host:8443/path?query". [any]
struct Url {
  static constexpr std::size_t kMaxSize = 2048;

  std::string scheme;      // in lower case
  std::string host;        // a name, or an address without brackets, in lower case
  std::uint16_t port = 0;  // given, or the scheme's own
  std::string target;      // path and query, "/" at least

  // Knows http, https, ws and wss. Refuses everything else, user names, an empty host, IPv6 zones, control
  // characters, white space, and more than kMaxSize bytes. A fragment ("#x") is left out.
  static Result<Url> parse(std::string_view text);

  bool secure() const { return scheme == "https" || scheme == "wss"; }
  // What goes into the Host header: brackets around IPv6, the port unless it is the scheme's own.
  std::string authority() const;
};

// "a%20b" as "a b"; with `plus`, "a+b" too (forms). Nothing if a percent sign isn't followed by two hex
// digits. The result may hold any byte, zero included.
std::optional<std::string> percent_decode(std::string_view text, bool plus = false);
// Everything but letters, digits and -._~ as %XX.
std::string percent_encode(std::string_view text);

// The decoded value of the first `key` in "a=1&b=2"; nothing if it isn't there or is malformed.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

}  // namespace hearth::net

#endif
