// Messages from another process may be anything: they are refused, or read as something, but nothing is read
// behind their end.
#include <catch2/catch.hpp>
#include <random>

#include "test/plugins/sdk/samples.hpp"

using namespace hearth;
using namespace hearth::test;

TEST_CASE("a message that isn't aligned to eight bytes is refused") {
  for (std::size_t offset = 1; offset < 8; ++offset) {
    Placed placed(bytes_of(StateChanged{"d:1", "on_off", true}), offset);
    const auto decoded = decode<StateChanged>(placed.bytes());
    REQUIRE_FALSE(decoded.ok());
    CHECK(decoded.error().words.find("misaligned") != std::string::npos);
  }
}

TEST_CASE("nothing at all is no message") {
  CHECK_FALSE(decode<StateChanged>({nullptr, 0}).ok());
  CHECK_FALSE(decode<DeviceRemoved>({nullptr, 0}).ok());
}

TEST_CASE("a message that was cut off anywhere is refused or read whole, never beyond its end") {
  for_each_sample([](const auto& message, const Fields&) {
    using Message = std::decay_t<decltype(message)>;
    const auto bytes = bytes_of(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      std::vector<std::uint64_t> exact((size + 7) / 8);  // the sanitizer guards its end
      std::copy_n(bytes.begin(), size, reinterpret_cast<std::uint8_t*>(exact.data()));
      const auto decoded = decode<Message>({reinterpret_cast<const std::uint8_t*>(exact.data()), size});
      if (size < 8) CHECK_FALSE(decoded.ok());
    }
  });
}

TEST_CASE("a message with any one byte wrong is refused or read as something") {
  std::size_t refused = 0;
  for_each_sample([&](const auto& message, const Fields&) {
    using Message = std::decay_t<decltype(message)>;
    const auto bytes = bytes_of(message);
    for (std::size_t at = 0; at < bytes.size(); ++at)
      for (const std::uint8_t wrong : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        Placed placed(bytes);
        placed.data()[at] = wrong;
        if (!decode<Message>(placed.bytes()).ok()) ++refused;
      }
  });
  CHECK(refused > 0);
}

TEST_CASE("a message with many wrong bytes is refused or read as something") {
  std::mt19937 random(20240301);
  for_each_sample([&](const auto& message, const Fields&) {
    using Message = std::decay_t<decltype(message)>;
    const auto bytes = bytes_of(message);
    for (int round = 0; round < 500; ++round) {
      Placed placed(bytes);
      for (int i = 0; i < 4; ++i)
        placed.data()[random() % bytes.size()] = static_cast<std::uint8_t>(random());
      (void)decode<Message>(placed.bytes());
    }
  });
  SUCCEED();
}

TEST_CASE("a value whose type is named but whose content is missing is none") {
  for (int type = 0; type <= static_cast<int>(wire::Value::MAX) + 3; ++type) {
    Builder b;
    const auto device = b.CreateString("d:1"), capability = b.CreateString("on_off");
    b.Finish(wire::CreateStateChanged(b, device, capability, static_cast<wire::Value>(type), 0));
    Placed placed({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
    const auto decoded = decode<StateChanged>(placed.bytes());
    if (decoded.ok()) CHECK(type_of(decoded->value) == ValueType::kNone);
  }
}

TEST_CASE("an unknown outcome, status or value type is read as the worst known one") {
  Builder b;
  const auto text = b.CreateString("x");
  b.Finish(wire::CreateCommandDone(b, text, text, static_cast<wire::Outcome>(200)));
  Placed done({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
  CHECK(decode<CommandDone>(done.bytes())->outcome == Outcome::kError);

  b.Clear();
  b.Finish(wire::CreateStatusChanged(b, b.CreateString("x"), static_cast<wire::StatusClass>(200)));
  Placed status({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
  CHECK(decode<StatusChanged>(status.bytes())->status == StatusClass::kError);

  b.Clear();
  const auto name = b.CreateString("x");
  const auto list =
      b.CreateVector(std::vector{wire::CreateCapability(b, name, static_cast<wire::ValueType>(200))});
  b.Finish(wire::CreateDeviceDeclared(b, name, 0, 0, 0, 0, 0, 0, list));
  Placed device({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
  CHECK(decode<DeviceDeclared>(device.bytes())->capabilities.at(0).type == ValueType::kNone);
}

TEST_CASE("a message without a text that it must have is refused") {
  Builder b;
  b.Finish(Offset<wire::DeviceRemoved>(b.EndTable(b.StartTable())));
  Placed placed({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
  CHECK_FALSE(decode<DeviceRemoved>(placed.bytes()).ok());
  CHECK_FALSE(decode<VerbCall>(placed.bytes()).ok());
  CHECK(decode<VerbResult>(placed.bytes()).ok());
}
