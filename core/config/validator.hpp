// Judges values by a JSON Schema, through valijson.
#ifndef HEARTH_CORE_CONFIG_VALIDATOR_HPP
#define HEARTH_CORE_CONFIG_VALIDATOR_HPP

#include <memory>
#include <string>
#include <vector>

#include "core/config/json_tree.hpp"
#include "hearth/status.hpp"

namespace hearth::config {

// Keys and indexes from the root to a value.
using Trail = std::vector<std::string>;

// Cheap to copy; may be used from several threads.
class Validator {
 public:
  // `schema` has passed clean_schema(): no reference, only known keywords. It is not kept.
  static Result<Validator> compile(const ObjectPtr& schema);

  bool accepts(const Json& value) const;

  // Where something is wrong: the values themselves, and what contains them. Empty: nothing is.
  std::vector<Trail> violations(const Json& value) const;

 private:
  struct Compiled;
  explicit Validator(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace hearth::config

#endif
