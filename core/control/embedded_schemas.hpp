// The house's own message schemas, put into the program when it is built.
#ifndef HEARTH_CORE_CONTROL_EMBEDDED_SCHEMAS_HPP
#define HEARTH_CORE_CONTROL_EMBEDDED_SCHEMAS_HPP

#include <vector>

#include "hearth/abi.h"

namespace hearth::core {

// One binary schema for each file of schemas/messages.
std::vector<hearth_bytes> embedded_schemas();

}  // namespace hearth::core

#endif
