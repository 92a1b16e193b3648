// Base64 (RFC 4648, section 4): strict to read.
#ifndef HEARTH_NET_BASE64_HPP
#define HEARTH_NET_BASE64_HPP

#include <optional>
#include <string>
#include <string_view>

namespace hearth::net {

void append_base64(std::string& out, std::string_view bytes);
std::string to_base64(std::string_view bytes);

// Nothing unless it is exactly what an encoder writes: the whole alphabet, all padding, no white space, and
// zero in the bits that don't count.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace hearth::net

#endif
