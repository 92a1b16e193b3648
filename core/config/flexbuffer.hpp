// The form in which a plugin gets its settings.
#ifndef HEARTH_CORE_CONFIG_FLEXBUFFER_HPP
#define HEARTH_CORE_CONFIG_FLEXBUFFER_HPP

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <vector>

namespace hearth::config {

// A FlexBuffers map with sorted keys: objects are maps, lists untyped vectors, integers int64, other numbers
// double. Equal settings give equal bytes. `settings` comes out of load() or validate_plugin(), so it is not
// deep.
std::vector<std::uint8_t> to_flexbuffer(const Poco::JSON::Object& settings);

}  // namespace hearth::config

#endif
