// What is kept over restarts reads back the same, and damage to it costs only the memory.
#include "drivers/tplink/memory.hpp"

#include <catch2/catch.hpp>

using tplink::Info;
using tplink::Memory;
using tplink::Switch;

namespace {

Info plug(const std::string& id) {
  return {id, "Fridge", "HS110(EU)", "plug", Switch::kRelay, true, true, -50};
}

}  // namespace

TEST_CASE("what was learnt is found again after a restart, but for what changes") {
  Memory memory;
  CHECK(memory.learn("192.0.2.7:9999", plug("A")));
  const auto again = Memory::read(memory.bytes());
  const auto* info = again.find("192.0.2.7:9999");
  REQUIRE(info);
  CHECK(info->id == "A");
  CHECK(info->alias == "Fridge");
  CHECK(info->model == "HS110(EU)");
  CHECK(info->kind == "plug");
  CHECK(info->how == Switch::kRelay);
  CHECK(info->metered);
  CHECK_FALSE(info->on);
  CHECK_FALSE(info->rssi);
  CHECK_FALSE(again.find("192.0.2.8:9999"));
}

TEST_CASE("the same again is no news, a changed name is") {
  Memory memory;
  memory.learn("a", plug("A"));
  auto info = plug("A");
  info.on = false;
  info.rssi = -80;
  CHECK_FALSE(memory.learn("a", info));
  info.alias = "Freezer";
  CHECK(memory.learn("a", info));
  CHECK(memory.forget("a"));
  CHECK_FALSE(memory.forget("a"));
}

TEST_CASE("damaged bytes are an empty or a smaller memory, never more") {
  Memory memory;
  for (int i = 0; i < 20; ++i) memory.learn("192.0.2." + std::to_string(i), plug("ID" + std::to_string(i)));
  const auto bytes = memory.bytes();
  CHECK_FALSE(Memory::read({}).find("192.0.2.1"));
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    Memory::read({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= 0xff;
    Memory::read(damaged);
  }
}

TEST_CASE("more devices than fit are cut off below the server's limit") {
  Memory memory;
  for (int i = 0; i < 2000; ++i) {
    auto info = plug(std::string(40, 'A') + std::to_string(i));
    info.alias = std::string(128, 'x');
    memory.learn("192.0.2.1:" + std::to_string(i), info);
  }
  const auto bytes = memory.bytes();
  CHECK(bytes.size() <= 64 * 1024);
  CHECK(bytes.size() > 40 * 1024);
  CHECK(Memory::read(bytes).find("192.0.2.1:0"));
}
