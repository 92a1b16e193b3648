// Values in messages, and what a message means that leaves things out.
#include <catch2/catch.hpp>
#include <limits>

#include "test/plugins/sdk/samples.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

template <class T>
T round_trip(const T& message) {
  Placed placed(bytes_of(message));
  auto again = decode<T>(placed.bytes());
  REQUIRE(again.ok());
  return *again;
}

const std::vector<Value> kValues{
    Value(),
    true,
    false,
    std::int64_t{0},
    std::numeric_limits<std::int64_t>::min(),
    std::numeric_limits<std::int64_t>::max(),
    0.0,
    21.05,
    -std::numeric_limits<double>::infinity(),
    std::string(),
    std::string("Grün \0 und so", 14),
    std::string(70'000, 'x'),
    Color{0, 0},
    Color{359.5, 100},
};

}  // namespace

TEST_CASE("every kind of value survives the way through a message") {
  for (const auto& value : kValues) {
    INFO(to_text(value).substr(0, 40));
    CHECK(round_trip(StateChanged{"d:1", "any", value}).value == value);
    CHECK(round_trip(Command{"d:1", "any", value, 1}).value == value);
  }
}

TEST_CASE("a command that names no deadline has eight seconds") {
  CHECK(round_trip(Command{"d:1", "on_off", true}).deadline_ms == 8000);
}

TEST_CASE("a device is reachable unless its declaration says otherwise") {
  DeviceDeclared declared;
  declared.device = "d:1";
  CHECK(round_trip(declared).reachable);
  declared.reachable = false;
  CHECK_FALSE(round_trip(declared).reachable);
}

TEST_CASE("a device keeps its capabilities in their order") {
  DeviceDeclared declared;
  declared.device = "d:1";
  declared.capabilities = {"on_off", "brightness",
                           Capability("acme.hum", ValueType::kNumber, "dB", true).range(1, 90)};
  CHECK(round_trip(declared).capabilities == declared.capabilities);
}

TEST_CASE("empty lists and texts come back empty") {
  const auto group = round_trip(GroupDefined{1, "", {}});
  CHECK(group.name.empty());
  CHECK(group.devices.empty());
  CHECK(round_trip(StorePut{}).data.empty());
  CHECK(round_trip(VerbCall{"w", "v", {"", "x", ""}}).args == std::vector<std::string>{"", "x", ""});
}

TEST_CASE("a builder can be used again for a message of another type") {
  Builder builder;
  encode(builder, GroupDefined{1, "a long name before", {"d:1", "d:2"}});
  const auto bytes = encode(builder, DeviceRemoved{"d:1"});
  Placed placed({bytes.data, bytes.data + bytes.size});
  CHECK(decode<DeviceRemoved>(placed.bytes())->device == "d:1");
}
