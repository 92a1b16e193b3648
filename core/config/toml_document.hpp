// Several TOML files, merged into one JSON tree that remembers where each key stands.
#ifndef HEARTH_CORE_CONFIG_TOML_DOCUMENT_HPP
#define HEARTH_CORE_CONFIG_TOML_DOCUMENT_HPP

#include <vector>

#include "core/config/config_error.hpp"
#include "core/config/json_tree.hpp"
#include "core/config/source_file.hpp"

namespace hearth::config {

constexpr std::size_t kMaxTextBytes = 4096;  // of one text in the configuration

struct Document {
  ObjectPtr root;  // never null. Integers are int64, dates and times are their text
  Positions positions;
  ConfigErrors
      errors;  // values that were left out: not finite, too long, too deep, a key with control characters
};

// Later files win: tables merge, lists of tables are appended, anything else is replaced. The errors are
// those of syntax, with line and column, and of a table in one file that is no table in another.
Checked<Document> parse_documents(const std::vector<SourceFile>& files);

}  // namespace hearth::config

#endif
