// Presets as bytes, and what of them is kept.
#include "protocols/athome/presets.hpp"

#include <catch2/catch.hpp>

using hearth::athome::Preset;
using hearth::athome::Presets;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Twelve bytes as the file format has them.
Bytes row(std::uint32_t number, std::uint8_t brightness, const std::string& color) {
  Bytes bytes;
  for (const int shift : {0, 8, 16, 24}) bytes.push_back(static_cast<std::uint8_t>(number >> shift & 255));
  bytes.push_back(brightness);
  for (std::size_t i = 0; i < 7; ++i)
    bytes.push_back(i < color.size() ? static_cast<std::uint8_t>(color[i]) : std::uint8_t{' '});
  return bytes;
}

}  // namespace

TEST_CASE("presets come back from their bytes as they were") {
  Presets presets;
  const std::pair<std::uint32_t, Preset> all[] = {{1, {40, "#FF8800"}},
                                                  {2, {0, ""}},
                                                  {300, {100, "#abcdef"}},
                                                  {4'000'000'000, {std::nullopt, "#000000"}}};
  for (const auto& [number, preset] : all) CHECK(presets.set(number, preset));
  CHECK(presets.bytes().size() == 4 * 12);
  const Presets again(presets.bytes());
  for (const auto& [number, preset] : all) {
    REQUIRE(again.find(number) != nullptr);
    CHECK(*again.find(number) == preset);
  }
  CHECK(again.find(3) == nullptr);
  CHECK(again.bytes() == presets.bytes());
}

TEST_CASE("no presets are no bytes, and no bytes are no presets") {
  CHECK(Presets().bytes().empty());
  CHECK(Presets(Bytes()).bytes().empty());
}

TEST_CASE("setting a preset tells whether it was news") {
  Presets presets;
  CHECK_FALSE(presets.set(1, {}));
  CHECK(presets.set(1, {40, ""}));
  CHECK_FALSE(presets.set(1, {40, ""}));
  CHECK(presets.set(1, {41, ""}));
  CHECK(presets.set(1, {41, "#FF8800"}));
}

TEST_CASE("a preset without content is forgotten") {
  Presets presets;
  presets.set(1, {40, ""});
  CHECK(presets.set(1, {}));
  CHECK(presets.find(1) == nullptr);
  CHECK(presets.bytes().empty());
}

TEST_CASE("past the limit nothing is added, but what is there can be changed and makes room") {
  Presets presets;
  for (std::uint32_t number = 1; number <= Presets::kMost; ++number) CHECK(presets.set(number, {1, ""}));
  CHECK_FALSE(presets.set(Presets::kMost + 1, {1, ""}));
  CHECK(presets.find(Presets::kMost + 1) == nullptr);
  CHECK(presets.set(1, {2, ""}));
  CHECK(presets.bytes().size() <= 64 * 1024);  // what a plugin may save
  CHECK(presets.set(1, {}));
  CHECK(presets.set(Presets::kMost + 1, {1, ""}));
}

TEST_CASE("of more bytes than presets fit into the first ones are read") {
  Bytes bytes;
  for (std::uint32_t number = 1; number <= Presets::kMost + 100; ++number) {
    const auto one = row(number, 50, "");
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  const Presets presets(bytes);
  CHECK(presets.find(Presets::kMost) != nullptr);
  CHECK(presets.find(Presets::kMost + 1) == nullptr);
  CHECK(presets.bytes().size() == Presets::kMost * 12);
}

TEST_CASE("of hostile bytes only what makes sense is read") {
  const auto read = [](const Bytes& bytes) {
    const Presets presets(bytes);
    const auto* found = presets.find(1);
    return found ? *found : Preset();
  };
  CHECK(read(row(1, 101, "#FF8800")) == Preset{std::nullopt, "#FF8800"});
  CHECK(read(row(1, 40, "#GGGGGG")) == Preset{40, ""});
  CHECK(read(row(1, 40, "FF8800")) == Preset{40, ""});
  CHECK(read(row(1, 40, "FF88000")) == Preset{40, ""});
  CHECK(read(row(1, 255, "")) == Preset());
  CHECK(read(row(1, 254, std::string(7, '\0'))) == Preset());
  CHECK(read(row(1, 40, "#-00001")) == Preset{40, ""});
}

TEST_CASE("bytes that end in the middle of a preset are read up to there") {
  auto bytes = row(1, 40, "#FF8800");
  const auto second = row(2, 50, "#FF8800");
  bytes.insert(bytes.end(), second.begin(), second.end());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Presets presets(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK((presets.find(1) != nullptr) == (size >= 12));
    CHECK(presets.find(2) == nullptr);
  }
}

TEST_CASE("whatever the bytes are, what was read of them is written and read the same again") {
  Bytes noise;
  std::uint32_t random = 1;
  for (int i = 0; i < 12'345; ++i) {
    random = random * 1'664'525 + 1'013'904'223;
    noise.push_back(static_cast<std::uint8_t>(random >> 24));
  }
  const auto bytes = Presets(noise).bytes();
  CHECK_FALSE(bytes.empty());
  CHECK(Presets(bytes).bytes() == bytes);
}

TEST_CASE("presets of devices that are gone are pruned") {
  Presets presets;
  for (const std::uint32_t number : {1, 2, 3}) presets.set(number, {10, ""});
  presets.prune([](std::uint32_t number) { return number == 2; });
  CHECK(presets.find(1) == nullptr);
  CHECK(presets.find(2) != nullptr);
  CHECK(presets.bytes().size() == 12);
}
