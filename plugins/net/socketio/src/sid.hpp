// new_sid(): a name for a session that nobody can guess.
#ifndef HEARTH_SOCKETIO_SRC_SID_HPP
#define HEARTH_SOCKETIO_SRC_SID_HPP

#include <string>

namespace hearth::socketio {

// 20 characters of Base64 for URLs (RFC 4648, section 5), 120 random bits.
std::string new_sid();

}  // namespace hearth::socketio

#endif
