// A JSON Schema that may be hostile: what it may contain, and how settings are judged and completed by it.
#ifndef HEARTH_CORE_CONFIG_SCHEMA_HPP
#define HEARTH_CORE_CONFIG_SCHEMA_HPP

#include <cstddef>
#include <string_view>

#include "core/config/config_error.hpp"
#include "core/config/explain.hpp"
#include "core/config/json_tree.hpp"
#include "core/config/validator.hpp"
#include "hearth/status.hpp"

namespace hearth::config {

constexpr std::size_t kMaxSchemaBytes = 256 * 1024;

// The part of draft-07 that is understood:
//   type properties required additionalProperties items anyOf enum const default
//   minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
//   minLength maxLength pattern minItems maxItems minProperties maxProperties
// and, without meaning: title description $comment $schema $id examples format, and names beginning with
// "x-". Any other word is an error, so that a mistyped or unsupported one isn't silently without effect; $ref
// too: a schema is one piece. Unlike in plain JSON Schema, true is not a number, 5.0 is not an integer, and a
// pattern has limits (pattern.hpp). Every default has to fit the schema that it stands in.
class Schema {
 public:
  // An error, with words for the author, past kMaxSchemaBytes or 32 levels of nesting too.
  static Result<Schema> parse(std::string_view text);

  // `settings` with every default (see with_defaults()); an error when that gets too large.
  Result<Json> completed(const Json& settings) const;

  // What is wrong with completed settings; empty: nothing.
  ConfigErrors check(const Json& settings, const Site& site) const;

 private:
  Schema(ObjectPtr root, Validator validator, std::size_t pattern_weight);

  ObjectPtr root_;
  Validator validator_;
  std::size_t values_;          // in the schema
  std::size_t pattern_weight_;  // of all patterns together
};

}  // namespace hearth::config

#endif
