// Writes the body of one message as JSON, led by its schema.
#ifndef HEARTH_CORE_CONTROL_BODY_TEXT_HPP
#define HEARTH_CORE_CONTROL_BODY_TEXT_HPP

#include <cstddef>
#include <string>

#include "core/control/message_schema.hpp"
#include "hearth/abi.h"

namespace hearth::core {

// Appends the table `object` that `body` holds; false, with something half done in `out`, when body and
// schema contradict each other or the text would pass `limit`. Neither needs to be trusted. Scalars that are
// absent show their default, absent texts and tables are left out, a Value is shown as what it holds.
bool append_body(std::string& out, const MessageSchema& schema, int object, hearth_bytes body,
                 std::size_t limit);

}  // namespace hearth::core

#endif
