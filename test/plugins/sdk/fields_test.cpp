// The structs of messages.hpp against the binary schemas: the same fields, each of them written and read.
#include <flatbuffers/reflection_generated.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "test/plugins/sdk/samples.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

// All tables of the house, by full name.
class Tables {
 public:
  Tables() {
    for (const auto& file : std::filesystem::directory_iterator(SCHEMAS)) {
      if (file.path().extension() != ".bfbs") continue;
      std::ostringstream text;
      text << std::ifstream(file.path(), std::ios::binary).rdbuf();
      files_.push_back(text.str());
    }
    for (const auto& file : files_)
      for (const auto* object : *reflection::GetSchema(file.data())->objects())
        if (!object->is_struct()) tables_[object->name()->str()] = object;
  }
  const reflection::Object& at(std::string_view name) const { return *tables_.at(std::string(name)); }
  std::set<std::string> names() const {
    std::set<std::string> all;
    for (const auto& [name, table] : tables_) all.insert(name);
    return all;
  }

 private:
  std::vector<std::string> files_;
  std::map<std::string, const reflection::Object*> tables_;
};

std::set<std::string> fields_of(const reflection::Object& table) {
  std::set<std::string> names;
  for (const auto* field : *table.fields()) names.insert(field->name()->str());
  return names;
}

void check_all_present(const reflection::Object& type, const void* table) {
  for (const auto* field : *type.fields()) {
    INFO(type.name()->str() << "." << field->name()->str());
    CHECK(static_cast<const flatbuffers::Table*>(table)->GetAddressOf(field->offset()) != nullptr);
  }
}

}  // namespace

TEST_CASE("each struct has the fields of its table, and packing writes every one of them") {
  const Tables tables;
  for_each_sample([&](const auto& message, const Fields& fields) {
    using Traits = MessageTraits<std::decay_t<decltype(message)>>;
    INFO(Traits::kName);
    const auto& type = tables.at(Traits::kName);
    CHECK(fields_of(type) == fields);
    const auto bytes = bytes_of(message);
    check_all_present(type, flatbuffers::GetRoot<typename Traits::Wire>(bytes.data()));
  });
}

TEST_CASE("each field of a capability is written") {
  const Tables tables;
  for_each_sample([&](const auto& message, const Fields&) {
    if constexpr (std::is_same_v<std::decay_t<decltype(message)>, DeviceDeclared>) {
      const auto bytes = bytes_of(message);
      const auto* wire = flatbuffers::GetRoot<wire::DeviceDeclared>(bytes.data());
      check_all_present(tables.at("hearth.wire.Capability"), wire->capabilities()->Get(0));
    }
  });
}

TEST_CASE("what was packed, unpacked and packed again is the same to the byte: unpacking reads every field") {
  for_each_sample([](const auto& message, const Fields&) {
    using Message = std::decay_t<decltype(message)>;
    INFO(MessageTraits<Message>::kName);
    const auto bytes = bytes_of(message);
    Placed placed(bytes);
    const auto again = decode<Message>(placed.bytes());
    REQUIRE(again.ok());
    CHECK(bytes_of(*again) == bytes);
  });
}

TEST_CASE("every table of the house has its struct") {
  std::set<std::string> known{"hearth.wire.Text",           "hearth.wire.Capability",
                              "hearth.wire.FoundDevice",    "hearth.wire.Program",
                              "hearth.wire.ImportedDevice", "hearth.wire.ImportedGroup",
                              "hearth.wire.ImportedProgram"};  // parts of others
  for_each_sample([&](const auto& message, const Fields&) {
    known.insert(std::string(MessageTraits<std::decay_t<decltype(message)>>::kName));
  });
  CHECK(Tables().names() == known);
}

TEST_CASE("no two types of the house share their number") {
  std::set<hearth_type> numbers;
  std::size_t types = 0;
  for_each_sample([&](const auto& message, const Fields&) {
    ++types;
    numbers.insert(kType<std::decay_t<decltype(message)>>);
  });
  CHECK(numbers.size() == types);
  CHECK(numbers.count(0) == 0);
}

TEST_CASE("a type's number is the published FNV-1a of its name") {
  CHECK(type_hash("") == 0xcbf29ce484222325u);
  CHECK(type_hash("a") == 0xaf63dc4c8601ec8cu);
  CHECK(type_hash("foobar") == 0x85944171f73967e8u);
}
