// Says what a schema expected, in words for the person who wrote the configuration.
#ifndef HEARTH_CORE_CONFIG_EXPLAIN_HPP
#define HEARTH_CORE_CONFIG_EXPLAIN_HPP

#include <string>
#include <vector>

#include "core/config/config_error.hpp"
#include "core/config/json_tree.hpp"
#include "core/config/validator.hpp"

namespace hearth::config {

// Where the judged value stands in the files.
struct Site {
  const Positions& positions;
  Position otherwise;                        // of what has no position
  std::string path;                          // "plugin.lights"; empty: the whole document
  std::vector<std::string> also_known = {};  // keys beside the schema's that a mistyped one may have meant
};

// "an integer from 1 to 65535", "one of 'a', 'b'", "a list of at most 4 items"
std::string describe(const Poco::JSON::Object& schema);

// One error for each key that is missing, unknown, or not what the schema describes. At most a hundred.
ConfigErrors explain(const ObjectPtr& schema, const Json& value, const std::vector<Trail>& violations,
                     const Site& site);

}  // namespace hearth::config

#endif
