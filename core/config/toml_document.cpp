// Parsing and merging with toml++; the only file that includes it.
#include "core/config/toml_document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "core/config/key_path.hpp"
#include "core/config/toml_depth.hpp"
#include "core/log/utf8.hpp"

namespace hearth::config {
namespace {

Position position_of(const toml::source_region& source) {
  return {source.path ? *source.path : std::string(), static_cast<int>(source.begin.line), 0};
}

Checked<toml::table> parse_file(const SourceFile& file) {
  if (!core::is_utf8(file.text)) return ConfigError{{file.name}, "", "is not UTF-8", ""};
  if (const auto line = too_deep_line(file.text)) {
    return ConfigError{{file.name, *line}, "", fmt::format("nested deeper than {} levels", kMaxDepth), ""};
  }
  try {
    return toml::parse(file.text, file.name);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    const Position where{file.name, static_cast<int>(at.line), static_cast<int>(at.column)};
    return ConfigError{where, "", std::string(error.description()), ""};
  } catch (const std::exception& error) {
    return ConfigError{{file.name}, "", error.what(), ""};
  }
}

// ---- Merging ------------------------------------------------------------------------------------------

// Nodes are moved, because toml++ keeps the position of a moved node and forgets that of a copied one.
class Merge {
 public:
  explicit Merge(ConfigErrors& errors) : errors_(errors) {}

  void tables(toml::table& into, toml::table&& from, const std::string& path) {
    for (auto&& [key, node] : from) {
      toml::node* present = into.get(key.str());
      if (present == nullptr) {
        node.visit([&into, &name = key](auto& value) { into.insert_or_assign(name, std::move(value)); });
      } else {
        values(into, *present, key, node, child_path(path, key.str()));
      }
    }
  }

 private:
  void values(toml::table& parent, toml::node& present, const toml::key& key, toml::node& node,
              const std::string& path) {
    if (present.is_table() && node.is_table()) {
      tables(*present.as_table(), std::move(*node.as_table()), path);
    } else if (present.is_table() || node.is_table()) {
      const Position other = position_of(present.source());
      errors_.push_back({position_of(node.source()), path,
                         fmt::format("is {} here, but not in {}:{}", node.is_table() ? "a table" : "a value",
                                     other.file, other.line),
                         ""});
    } else if (present.is_array_of_tables() && node.is_array_of_tables()) {
      for (auto& item : *node.as_array()) present.as_array()->push_back(std::move(*item.as_table()));
    } else {
      node.visit([&](auto& value) { parent.insert_or_assign(key, std::move(value)); });
    }
  }

  ConfigErrors& errors_;
};

// ---- Into JSON ----------------------------------------------------------------------------------------

class Conversion {
 public:
  explicit Conversion(Document& document) : document_(document) {}

  ObjectPtr table(const toml::table& table, const std::string& path, int depth) {
    ObjectPtr object = new Poco::JSON::Object;
    for (const auto& [key, node] : table) {
      const std::string key_path = child_path(path, key.str());
      note(key_path, node);
      if (!is_fit(key.str())) {
        refuse(key_path, node, "a key has no control characters and at most 128 bytes");
        continue;
      }
      const Json value = convert(node, key_path, depth + 1);
      if (!value.isEmpty()) object->set(std::string(key.str()), value);
    }
    return object;
  }

 private:
  // Keys end up in FlexBuffers, which end a key at the first zero byte.
  static bool is_fit(std::string_view key) {
    return key.size() <= 128 &&
           std::none_of(key.begin(), key.end(), [](unsigned char c) { return c < 0x20; });
  }

  Json convert(const toml::node& node, const std::string& path, int depth) {
    if (depth > kMaxDepth) return refuse(path, node, fmt::format("nested deeper than {} levels", kMaxDepth));
    if (const auto* nested = node.as_table()) return table(*nested, path, depth);
    if (const auto* list = node.as_array()) return array(*list, path, depth);
    if (const auto* text = node.as_string()) {
      if (text->get().size() <= kMaxTextBytes) return text->get();
      return refuse(path, node, fmt::format("expected a text of at most {} bytes", kMaxTextBytes));
    }
    if (const auto* integer = node.as_integer()) return static_cast<Poco::Int64>(integer->get());
    if (const auto* flag = node.as_boolean()) return flag->get();
    if (const auto* number = node.as_floating_point()) {
      if (std::isfinite(number->get())) return number->get();
      return refuse(path, node, "expected a finite number");
    }
    std::ostringstream text;  // toml++ prints dates and times to streams only
    node.visit([&text](const auto& value) {
      if constexpr (toml::is_chronological<decltype(value)>) text << value.get();
    });
    return text.str();
  }

  ArrayPtr array(const toml::array& list, const std::string& path, int depth) {
    ArrayPtr items = new Poco::JSON::Array;
    std::size_t index = 0;
    for (const toml::node& node : list) {
      const std::string key_path = item_path(path, index++);
      note(key_path, node);
      const Json value = convert(node, key_path, depth + 1);
      if (!value.isEmpty()) items->add(value);
    }
    return items;
  }

  void note(const std::string& path, const toml::node& node) {
    document_.positions[path] = position_of(node.source());
  }

  Json refuse(const std::string& path, const toml::node& node, std::string message) {
    document_.errors.push_back({position_of(node.source()), path, std::move(message), ""});
    return {};
  }

  Document& document_;
};

}  // namespace

Checked<Document> parse_documents(const std::vector<SourceFile>& files) {
  toml::table merged;
  ConfigErrors errors;
  for (const SourceFile& file : files) {
    Checked<toml::table> table = parse_file(file);
    if (table) {
      Merge(errors).tables(merged, std::move(*table), "");
    } else {
      errors.insert(errors.end(), table.errors().begin(), table.errors().end());
    }
  }
  if (!errors.empty()) return errors;
  Document document;
  document.root = Conversion(document).table(merged, "", 0);
  return document;
}

}  // namespace hearth::config
