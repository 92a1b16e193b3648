// The vocabulary in the SDK against the one in schemas/capabilities.json.
#include <Poco/JSON/Parser.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "hearth/capability.hpp"

using namespace hearth;

namespace {

Poco::JSON::Array::Ptr published() {
  std::ifstream file(CAPABILITIES);
  return Poco::JSON::Parser().parse(file).extract<Poco::JSON::Object::Ptr>()->getArray("capabilities");
}

}  // namespace

TEST_CASE("the SDK knows exactly the capabilities that are published") {
  const auto all = published();
  CHECK(all->size() == kVocabulary.size());
  for (unsigned i = 0; i < all->size(); ++i) {
    const auto json = all->getObject(i);
    const auto word = json->getValue<std::string>("name");
    INFO(word);
    const auto* info = find_capability(word);
    REQUIRE(info);
    CHECK(name(info->type) == json->getValue<std::string>("type"));
    CHECK(info->unit == json->getValue<std::string>("unit"));
    CHECK(info->writable == json->getValue<bool>("writable"));
    if (info->type == ValueType::kText) continue;  // there it is a length
    CHECK(info->min == json->optValue<double>("min", 0));
    CHECK(info->max == json->optValue<double>("max", 0));
  }
}

TEST_CASE("a capability named from the vocabulary is spelled out, and may be narrowed") {
  const Capability brightness("brightness");
  CHECK(brightness.type == ValueType::kInteger);
  CHECK(brightness.unit == "%");
  CHECK(brightness.writable);
  CHECK(brightness.has_range());
  const auto narrow = Capability("color_temperature").range(2500, 9000).read_only();
  CHECK(narrow.min == 2500);
  CHECK(narrow.max == 9000);
  CHECK_FALSE(narrow.writable);
}

TEST_CASE("an unknown name makes a capability of type none") {
  CHECK(Capability("warp_speed").type == ValueType::kNone);
  CHECK(find_capability("warp_speed") == nullptr);
}
