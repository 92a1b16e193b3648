// Fills in the defaults of a schema.
#ifndef HEARTH_CORE_CONFIG_DEFAULTS_HPP
#define HEARTH_CORE_CONFIG_DEFAULTS_HPP

#include <cstddef>

#include "core/config/json_tree.hpp"
#include "hearth/status.hpp"

namespace hearth::config {

// A copy of `value` in which each absent member has the default of its schema, at every depth: in nested
// tables, in the tables of lists, and in the first branch of an anyOf that fits. A table that is absent and
// has no default of its own appears when its own members have defaults and none of them is required without
// one. A hostile schema could multiply a large default by a long list: an error past a few hundred thousand
// values.
Result<Json> with_defaults(const ObjectPtr& schema, const Json& value);

}  // namespace hearth::config

#endif
