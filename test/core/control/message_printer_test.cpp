// Tests of core/control/message_printer.hpp, with the house's messages and with hostile ones.
#include "core/control/message_printer.hpp"

#include <flatbuffers/idl.h>

#include <catch2/catch.hpp>
#include <random>

#include "core/control/rpc.hpp"
#include "hearth/codec.hpp"

using namespace hearth;
using namespace hearth::core;

namespace {

hearth_message envelope(hearth_type type, hearth_bytes body) {
  hearth_message m{};
  m.size = sizeof m;
  m.type = type;
  m.body = body;
  m.id = (std::uint64_t{3} << 40) + 7;
  m.cause = 5;
  m.source = 3;
  m.time_us = 1'709'294'400'000'001;
  return m;
}

std::string body_of(const std::string& line) {
  const auto at = line.find(",\"body\":");
  REQUIRE(at != std::string::npos);
  return line.substr(at + 8, line.size() - at - 9);
}

template <class T>
std::string body(const T& message) {
  Builder builder;
  const MessagePrinter printer;
  return body_of(printer.print(envelope(kType<T>, encode(builder, message))));
}

// A third party's schema and one message of its root type, made from text.
struct Vendor {
  Vendor(const char* schema, const char* json) {
    flatbuffers::IDLOptions options;
    flatbuffers::Parser parser(options);
    REQUIRE(parser.Parse(schema));
    parser.Serialize();
    bfbs.assign(parser.builder_.GetBufferPointer(),
                parser.builder_.GetBufferPointer() + parser.builder_.GetSize());
    parser.builder_.Clear();
    const bool parsed = parser.Parse(json);
    INFO(parser.error_);
    REQUIRE(parsed);
    message.assign(parser.builder_.GetBufferPointer(),
                   parser.builder_.GetBufferPointer() + parser.builder_.GetSize());
  }

  std::vector<std::uint8_t> bfbs, message;
};

hearth_bytes bytes(const std::vector<std::uint8_t>& v) { return {v.data(), v.size()}; }

constexpr const char* kVendorSchema = R"(
  namespace vendor;
  enum Mood: byte { calm = 1, angry = 5 }
  struct Point { x: int; y: short; }
  struct Line { from: Point; to: Point; marks: [ubyte:3]; }
  table Circle { radius: float; }
  table Square { side: float; }
  union Shape { Circle, Square }
  table Thing {
    mood: Mood = calm;
    big: ulong;
    maybe: int = null;
    line: Line;
    shape: Shape;
    tags: [string];
    points: [Point];
    children: [Thing];
    numbers: [double];
    raw: [ubyte];
    moods: [Mood];
  }
  root_type Thing;
)";

}  // namespace

TEST_CASE("a state is printed with its envelope and its plain value") {
  Builder builder;
  const MessagePrinter printer;
  auto message = envelope(kType<StateChanged>, encode(builder, StateChanged{"tplink:1", "on_off", true}));
  message.flags = HEARTH_RETAINED;
  CHECK(printer.print(message) ==
        R"({"type":"StateChanged","name":"hearth.wire.StateChanged","id":3298534883335,"cause":5,"source":3,)"
        R"("time":"2024-03-01T12:00:00.000001Z","retained":true,)"
        R"("body":{"device":"tplink:1","capability":"on_off","value":true}})");
}

TEST_CASE("every kind of value is printed as what it is") {
  const auto value = [](Value v) {
    const auto text = body(StateChanged{"d", "c", std::move(v)});
    return text.substr(text.find("\"value\":"));
  };
  CHECK(value({}) == "\"value\":null}");
  CHECK(value(false) == "\"value\":false}");
  CHECK(value(std::int64_t{-40}) == "\"value\":-40}");
  CHECK(value(21.05) == "\"value\":21.05}");
  CHECK(value(std::string("gr\xC3\xBCn \"x\"")) == "\"value\":\"gr\xC3\xBCn \\\"x\\\"\"}");
  CHECK(value(Color{240, 80.5}) == "\"value\":{\"hue\":240,\"saturation\":80.5}}");
}

TEST_CASE("a declared device is printed with its capabilities and defaults") {
  DeviceDeclared device;
  device.device = "x:1";
  device.capabilities = {"on_off"};
  CHECK(
      body(device) ==
      R"({"device":"x:1","number":0,"channel":0,"capabilities":[{"name":"on_off","type":"bool","min":0,"max":0,)"
      R"("writable":true}],"reachable":true})");
}

TEST_CASE("an enumeration is printed by name") {
  CHECK(body(CommandDone{"d", "c", Outcome::kSuperseded, ""}) ==
        R"({"device":"d","capability":"c","outcome":"superseded"})");
}

TEST_CASE("a plugin's saved bytes are counted and not shown") {
  CHECK(body(StorePut{{1, 2, 3}}).starts_with("{\"bytes\":"));
}

TEST_CASE("a message of unknown type shows its first bytes") {
  const std::vector<std::uint8_t> bytes_(100, 0xAB);
  const auto line = MessagePrinter().print(envelope(0x12, bytes(bytes_)));
  CHECK(line.starts_with(R"({"type":"0x0000000000000012","name":null,)"));
  std::string hex;
  for (int i = 0; i < 64; ++i) hex += "ab";
  CHECK(body_of(line) == "\"" + hex + "\"");
}

TEST_CASE("a damaged message shows its first bytes") {
  Builder builder;
  const auto good = encode(builder, StateChanged{"device", "on_off", true});
  std::vector<std::uint8_t> cut(good.data, good.data + good.size / 2);
  const auto line = MessagePrinter().print(envelope(kType<StateChanged>, bytes(cut)));
  CHECK(line.find("\"type\":\"StateChanged\"") != std::string::npos);
  CHECK(body_of(line).front() == '"');
}

TEST_CASE("a third party's message is printed through its own schema") {
  const Vendor vendor(kVendorSchema, R"({
    mood: angry, big: 18446744073709551615, line: {from: {x: -1, y: 2}, to: {x: 3, y: 4}, marks: [7, 8, 9]},
    shape_type: Square, shape: {side: 1.5}, tags: ["a", "b"], points: [{x: 1, y: 2}, {x: 3, y: 4}],
    children: [{maybe: 5}], numbers: [0.5, 2], raw: [1, 255], moods: [calm, angry]})");
  MessagePrinter printer;
  REQUIRE(printer.add_schema(bytes(vendor.bfbs)).ok());
  const auto line = printer.print(envelope(type_hash("vendor.Thing"), bytes(vendor.message)));
  CHECK(line.starts_with(R"({"type":"vendor.Thing","name":"vendor.Thing",)"));
  CHECK(
      body_of(line) ==
      R"({"mood":"angry","big":18446744073709551615,"maybe":null,"line":{"from":{"x":-1,"y":2},"to":{"x":3,"y":4},)"
      R"("marks":[7,8,9]},"shape_type":"Square","shape":{"side":1.5},"tags":["a","b"],"points":[{"x":1,"y":2},{"x":3,"y":4}],)"
      R"("children":[{"mood":"calm","big":0,"maybe":5,"shape_type":"NONE","shape":null}],"numbers":[0.5,2],"raw":"01ff",)"
      R"("moods":["calm","angry"]})");
}

TEST_CASE("a third party can't change what the house's types mean, and is forgotten when asked") {
  const Vendor vendor(
      "namespace hearth.wire; table StateChanged { fake: int; } namespace vendor; table Own { a: int; } "
      "root_type Own;",
      "{a: 1}");
  MessagePrinter printer;
  REQUIRE(printer.add_schema(bytes(vendor.bfbs)).ok());
  Builder builder;
  const auto state = encode(builder, StateChanged{"d", "c", true});
  CHECK(body_of(printer.print(envelope(kType<StateChanged>, state))) ==
        R"({"device":"d","capability":"c","value":true})");
  CHECK(body_of(printer.print(envelope(type_hash("vendor.Own"), bytes(vendor.message)))) == R"({"a":1})");
  printer.forget_added();
  CHECK(
      printer.print(envelope(type_hash("vendor.Own"), bytes(vendor.message))).starts_with("{\"type\":\"0x"));
  CHECK(body_of(printer.print(envelope(kType<StateChanged>, state))) ==
        R"({"device":"d","capability":"c","value":true})");
}

TEST_CASE("what is no schema, or too large a one, is refused") {
  MessagePrinter printer;
  const std::vector<std::uint8_t> noise(1000, 0x41), huge(MessagePrinter::kMaxSchema + 1, 0);
  CHECK_FALSE(printer.add_schema(bytes(noise)).ok());
  CHECK_FALSE(printer.add_schema({nullptr, 0}).ok());
  CHECK(printer.add_schema(bytes(huge)).error().words == "a schema of 262145 bytes; 262144 at most");
}

TEST_CASE("a message whose parts are shared over and over costs no more than the limit") {
  // Each level holds the next one ten times: 10^20 things in 300 bytes.
  flatbuffers::FlatBufferBuilder builder;
  flatbuffers::Offset<flatbuffers::Table> thing(builder.EndTable(builder.StartTable()));
  for (int level = 0; level < 20; ++level) {
    const auto list = builder.CreateVector(std::vector(10, thing));
    const auto table = builder.StartTable();
    builder.AddOffset(
        20, list);  // children: mood, big, maybe, line, shape_type, shape, tags, points stand before it
    thing = flatbuffers::Offset<flatbuffers::Table>(builder.EndTable(table));
  }
  builder.Finish(thing);
  const Vendor vendor(kVendorSchema, "{}");
  MessagePrinter printer;
  REQUIRE(printer.add_schema(bytes(vendor.bfbs)).ok());
  const auto line =
      printer.print(envelope(type_hash("vendor.Thing"), {builder.GetBufferPointer(), builder.GetSize()}));
  CHECK(line.size() < MessagePrinter::kMaxBodyText + 1000);
  CHECK(body_of(line).front() == '"');
}

TEST_CASE("whatever is flipped in schema and message, a line of JSON comes out") {
  const Vendor vendor(kVendorSchema, R"({
    mood: angry, line: {from: {x: -1, y: 2}, to: {x: 3, y: 4}, marks: [7, 8, 9]}, shape_type: Square, shape: {side: 1.5},
    tags: ["a", "b"], points: [{x: 1, y: 2}], children: [{maybe: 5}], numbers: [0.5, 2], raw: [1, 255], moods: [calm]})");
  std::mt19937 random(20240301);
  int accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    auto bfbs = vendor.bfbs, message = vendor.message;
    const auto flip = [&](std::vector<std::uint8_t>& in) {
      for (unsigned i = 0; i <= random() % 4; ++i)
        in[random() % in.size()] = static_cast<std::uint8_t>(random());
    };
    if (round % 2 == 0) flip(bfbs);
    if (round % 3 != 0) flip(message);
    MessagePrinter printer;
    if (printer.add_schema(bytes(bfbs)).ok()) ++accepted;
    const auto line = printer.print(envelope(type_hash("vendor.Thing"), bytes(message)));
    const auto parsed = parse_json(line);
    if (!parsed.ok()) FAIL(line << ": " << parsed.error().words);
  }
  CHECK(accepted > 2500);
}

TEST_CASE("types are found by short and by full name, and a wrong one with the nearest") {
  const MessagePrinter printer;
  CHECK(*printer.type_of("StateChanged") == kType<StateChanged>);
  CHECK(*printer.type_of("hearth.wire.StateChanged") == kType<StateChanged>);
  CHECK(*printer.type_of("vendor.Unknown") == type_hash("vendor.Unknown"));
  CHECK(printer.type_of("StateChange").error().words ==
        "no message type 'StateChange'; did you mean StateChanged?");
}
