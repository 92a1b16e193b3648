// Config: one table of the plugin's configuration. It has passed the plugin's own schema and holds every
// default.
#ifndef HEARTH_CONFIG_HPP
#define HEARTH_CONFIG_HPP

#include <flatbuffers/flexbuffers.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "hearth/log.hpp"

namespace hearth {

// Getters throw std::runtime_error for a key that is absent or of another type: then schema and code of the
// plugin differ, and its start fails with those words. The forms with a fallback are for keys that the schema
// gives no default. [any]
class Config {
 public:
  Config() = default;
  // Copies `bytes`, a FlexBuffer whose root is a map.
  explicit Config(hearth_bytes bytes)
      : bytes_(std::make_shared<const std::vector<std::uint8_t>>(bytes.data, bytes.data + bytes.size)) {
    if (!bytes_->empty()) table_ = flexbuffers::GetRoot(bytes_->data(), bytes_->size()).AsMap();
  }

  bool has(const std::string& key) const { return !at(key).IsNull(); }

  std::string text(const std::string& key) const {
    return checked(key, "text", at(key).IsString()).AsString().str();
  }
  std::string text(const std::string& key, std::string fallback) const {
    return has(key) ? text(key) : std::move(fallback);
  }

  bool flag(const std::string& key) const { return checked(key, "true or false", at(key).IsBool()).AsBool(); }
  bool flag(const std::string& key, bool fallback) const { return has(key) ? flag(key) : fallback; }

  std::int64_t integer(const std::string& key) const {
    return checked(key, "an integer", at(key).IsIntOrUint()).AsInt64();
  }
  std::int64_t integer(const std::string& key, std::int64_t fallback) const {
    return has(key) ? integer(key) : fallback;
  }

  double number(const std::string& key) const {
    return checked(key, "a number", at(key).IsNumeric()).AsDouble();
  }
  double number(const std::string& key, double fallback) const { return has(key) ? number(key) : fallback; }

  std::chrono::milliseconds milliseconds(const std::string& key) const {
    return std::chrono::milliseconds(integer(key));
  }

  // Empty when absent.
  std::vector<std::string> texts(const std::string& key) const {
    std::vector<std::string> all;
    for_each(key, [&](flexbuffers::Reference item) { all.push_back(item.AsString().str()); });
    return all;
  }

  // The tables of [[plugin.<id>.key]]; empty when absent.
  std::vector<Config> tables(const std::string& key) const {
    std::vector<Config> all;
    for_each(key, [&](flexbuffers::Reference item) { all.push_back(Config(bytes_, item.AsMap())); });
    return all;
  }

  // The table [plugin.<id>.key]; an empty one when absent.
  Config table(const std::string& key) const { return Config(bytes_, at(key).AsMap()); }

 private:
  Config(std::shared_ptr<const std::vector<std::uint8_t>> bytes, flexbuffers::Map table)
      : bytes_(std::move(bytes)), table_(table) {}

  flexbuffers::Reference at(const std::string& key) const { return table_[key.c_str()]; }

  flexbuffers::Reference checked(const std::string& key, std::string_view expected, bool fits) const {
    if (!fits) throw std::runtime_error(concat("configuration: '", key, "' is not ", expected));
    return at(key);
  }

  template <class Use>
  void for_each(const std::string& key, Use use) const {
    const auto list = at(key);
    if (list.IsNull()) return;
    const auto items = list.AsVector();
    for (std::size_t i = 0; i < items.size(); ++i) use(items[i]);
  }

  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
  flexbuffers::Map table_ = flexbuffers::Map::EmptyMap();
};

}  // namespace hearth

#endif
