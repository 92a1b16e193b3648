// Schemas that are part of the program; embed.cmake makes their definitions from schemas/.
#ifndef HEARTH_CORE_CONFIG_EMBEDDED_HPP
#define HEARTH_CORE_CONFIG_EMBEDDED_HPP

#include <string_view>

namespace hearth::config {

// schemas/config/hearth.schema.json
extern const std::string_view kHearthSchema;

}  // namespace hearth::config

#endif
