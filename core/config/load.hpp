// Loads hearth.toml and conf.d.
#ifndef HEARTH_CORE_CONFIG_LOAD_HPP
#define HEARTH_CORE_CONFIG_LOAD_HPP

#include <filesystem>

#include "core/config/config_error.hpp"
#include "core/config/configuration.hpp"
#include "core/config/time_zone.hpp"

namespace hearth::config {

// Reads the main file, then conf.d/*.toml beside it in the order of their names. Tables merge, lists of
// tables are appended, anything else is replaced by the later file. Checked by
// schemas/config/hearth.schema.json.
//
// Errors: a file that can't be read or parsed, an unknown part, a wrong [server] or [home]. What is wrong in
// one [plugin.<id>] is no error of the whole: it stands in that section's `problems`, and only that plugin
// can't start. Touches nothing but those files; any thread.
Checked<Configuration> load(const std::filesystem::path& main_file, const ZoneFiles& zones = {});

}  // namespace hearth::config

#endif
