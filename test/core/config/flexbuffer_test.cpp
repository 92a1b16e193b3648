// Tests of the form in which plugins get their settings.
#include "core/config/flexbuffer.hpp"

#include <flatbuffers/flexbuffers.h>

#include <catch2/catch.hpp>

#include "core/config/json_tree.hpp"

using namespace hearth::config;

namespace {

ObjectPtr sample() {
  ObjectPtr object = new Poco::JSON::Object;
  ObjectPtr nested = new Poco::JSON::Object;
  ArrayPtr list = new Poco::JSON::Array;
  nested->set("name", std::string("Küche"));
  list->add(Json(Poco::Int64(1)));
  list->add(Json(2.5));
  list->add(Json(std::string("three")));
  list->add(Json(nested));
  object->set("zebra", true);
  object->set("big", Poco::Int64(INT64_MIN));
  object->set("list", list);
  object->set("empty", ObjectPtr(new Poco::JSON::Object));
  object->set("none", Json());
  object->set("alpha", 0.1);
  return object;
}

}  // namespace

TEST_CASE("settings arrive in the FlexBuffer with their types") {
  const auto bytes = to_flexbuffer(*sample());
  REQUIRE(flexbuffers::VerifyBuffer(bytes.data(), bytes.size()));
  const auto map = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap();
  CHECK(map.size() == 6);
  CHECK(map["zebra"].IsBool());
  CHECK(map["zebra"].AsBool());
  CHECK(map["big"].IsInt());
  CHECK(map["big"].AsInt64() == INT64_MIN);
  CHECK(map["alpha"].IsFloat());
  CHECK(map["alpha"].AsDouble() == 0.1);
  CHECK(map["empty"].IsMap());
  CHECK(map["none"].IsNull());
  const auto list = map["list"].AsVector();
  REQUIRE(list.size() == 4);
  CHECK(list[0].AsInt64() == 1);
  CHECK(list[1].AsDouble() == 2.5);
  CHECK(list[2].AsString().str() == "three");
  CHECK(list[3].AsMap()["name"].AsString().str() == "Küche");
}

TEST_CASE("keys are sorted, and equal settings give equal bytes") {
  const auto bytes = to_flexbuffer(*sample());
  const auto keys = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap().Keys();
  for (std::size_t i = 1; i < keys.size(); ++i) {
    CHECK(std::string(keys[i - 1].AsKey()) < std::string(keys[i].AsKey()));
  }
  CHECK(bytes == to_flexbuffer(*sample()));
}

TEST_CASE("no settings are an empty map") {
  const auto bytes = to_flexbuffer(Poco::JSON::Object());
  CHECK(flexbuffers::GetRoot(bytes.data(), bytes.size()).IsMap());
  CHECK(flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap().size() == 0);
}
