// valijson behind a small face; the only file that includes it.
#include "core/config/validator.hpp"

#include <Poco/Exception.h>
#include <fmt/format.h>

#include <optional>
#include <regex>
#include <unordered_map>
#include <valijson/adapters/poco_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validation_visitor.hpp>

#include "core/config/pattern.hpp"
#include "core/config/subschemas.hpp"

namespace hearth::config {
namespace {

using Adapter = valijson::adapters::PocoJsonAdapter;
using Visitor = valijson::ValidationVisitor<Adapter>;
using Patterns = std::unordered_map<std::string, std::regex>;

// "[host]" -> "host"; the first entry of a context is "<root>".
Trail trail_of(const std::vector<std::string>& context) {
  Trail trail;
  for (std::size_t i = 1; i < context.size(); ++i)
    trail.push_back(context[i].substr(1, context[i].size() - 2));
  return trail;
}

}  // namespace

struct Validator::Compiled {
  valijson::Schema schema;
  // valijson looks here first for a compiled pattern: so it uses ours, which match in linear time.
  Patterns patterns;
};

Result<Validator> Validator::compile(const ObjectPtr& schema) {
  auto compiled = std::make_shared<Compiled>();
  std::optional<Error> wrong;
  for_each_schema(schema, [&](const ObjectPtr& part) {
    if (wrong || !part->has("pattern")) return;
    const std::string pattern = text_at(*part, "pattern");
    Result<std::regex> expression = compile_pattern(pattern);
    if (!expression) {
      wrong = expression.error();
    } else {
      compiled->patterns.emplace(pattern, *std::move(expression));
    }
  });
  if (wrong) return *wrong;
  try {
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(schema), compiled->schema);
    return Validator(std::move(compiled));
  } catch (const Poco::Exception& error) {
    return {ErrorCode::kInvalid, error.displayText()};
  } catch (const std::exception& error) {
    return {ErrorCode::kInvalid, error.what()};
  }
}

bool Validator::accepts(const Json& value) const {
  Patterns patterns = compiled_->patterns;  // valijson may add to it
  try {
    return Visitor(Adapter(value), {"<root>"}, true, nullptr, patterns).validateSchema(compiled_->schema);
  } catch (const std::exception&) {  // Poco's are of it too
    return false;
  }
}

std::vector<Trail> Validator::violations(const Json& value) const {
  Patterns patterns = compiled_->patterns;
  valijson::ValidationResults results;
  try {
    if (Visitor(Adapter(value), {"<root>"}, true, &results, patterns).validateSchema(compiled_->schema))
      return {};
  } catch (const std::exception&) {
    return {Trail()};
  }
  std::vector<Trail> trails;
  for (const auto& error : results) trails.push_back(trail_of(error.context));
  if (trails.empty()) trails.emplace_back();
  return trails;
}

}  // namespace hearth::config
