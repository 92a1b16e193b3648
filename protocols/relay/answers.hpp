// What the server writes: one packet a line, compact JSON.
#ifndef HEARTH_RELAY_ANSWERS_HPP
#define HEARTH_RELAY_ANSWERS_HPP

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace hearth::relay {

inline constexpr std::string_view kSuccess = "{\"success\":true}\n";

// {"success":true,"response":...}; a refusal if that is too long for a packet.
std::string answer(const boost::json::value& response);
// {"success":false,"error_message":"..."}; long words are cut.
std::string refusal(std::string_view words);

// {"sender":"NAME","payload": - what stands before a payload, and "}\n" behind it.
std::string forward_head(std::string_view sender);
inline constexpr std::string_view kForwardTail = "}\n";
// A whole one from the server itself.
std::string from_server(std::string_view payload);
// Is what is forwarded shorter than a packet may be?
bool fits(std::string_view head, std::string_view payload);

}  // namespace hearth::relay

#endif
