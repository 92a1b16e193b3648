// Frames: what is written comes back, and what was not written by us is found out.
#include "core/isolation/frame.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

using namespace hearth;
using namespace hearth::core;

namespace {

// As it is read: aligned.
struct Packet {
  explicit Packet(const std::vector<std::uint8_t>& bytes) : words(bytes.size() / 8 + 1), size(bytes.size()) {
    if (size != 0) std::memcpy(words.data(), bytes.data(), size);
  }
  std::span<const std::uint8_t> span() const {
    return {reinterpret_cast<const std::uint8_t*>(words.data()), size};
  }
  std::vector<std::uint64_t> words;
  std::size_t size;
};

Message sample(std::string_view body) {
  Message m;
  m.kind = MessageKind::kRequest;
  m.id = 1;
  m.cause = 2;
  m.time_us = -3;
  m.type = 4;
  m.handle = 5;
  m.fact = 6;
  m.source = 7;
  m.status = -8;
  m.flags = 9;
  m.body = Body(body);
  return m;
}

}  // namespace

TEST_CASE("a message comes back as it was, whatever the length of its body") {
  std::vector<std::uint8_t> bytes;
  for (const std::string_view body : {"", "1", "12345678", "123456789"}) append(bytes, sample(body));
  CHECK(bytes.size() == 4 * sizeof(Frame) + 0 + 8 + 8 + 16);
  const Packet packet(bytes);
  FrameReader reader(packet.span());
  for (const std::string_view body : {"", "1", "12345678", "123456789"}) {
    const auto item = reader.next();
    REQUIRE(item);
    CHECK(item->frame.kind == FrameKind::kMessage);
    CHECK((body.empty() || reinterpret_cast<std::uintptr_t>(item->body.data) % 8 == 0));
    const auto m = item->message();
    CHECK(m.kind == MessageKind::kRequest);
    CHECK((m.id == 1 && m.cause == 2 && m.time_us == -3 && m.type == 4 && m.handle == 5 && m.fact == 6));
    CHECK((m.source == 7 && m.status == -8 && m.flags == 9));
    CHECK(m.body.text() == body);
  }
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.broken());
}

TEST_CASE("a packet that is cut anywhere yields only whole frames, and is broken") {
  std::vector<std::uint8_t> bytes;
  append(bytes, sample("first"));
  const auto whole = bytes.size();
  append(bytes, sample("second"));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const Packet packet({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    FrameReader reader(packet.span());
    std::size_t frames = 0;
    while (reader.next()) ++frames;
    CHECK(frames == (size >= whole ? 1 : 0));
    CHECK(reader.broken() == (size != whole));
  }
}

TEST_CASE("lengths, kinds and message kinds that nobody writes are refused") {
  std::vector<std::uint8_t> bytes;
  append(bytes, sample("body"));
  const auto broken = [&](std::size_t at, std::uint32_t value, std::size_t size) {
    auto changed = bytes;
    std::memcpy(changed.data() + at, &value, size);
    const Packet packet(changed);
    FrameReader reader(packet.span());
    return !reader.next() && reader.broken();
  };
  CHECK(broken(offsetof(Frame, body_size), 0xffffffff, 4));
  CHECK(broken(offsetof(Frame, body_size), kMaxFrameBody + 1, 4));
  CHECK(broken(offsetof(Frame, body_size), 9, 4));
  CHECK(broken(offsetof(Frame, kind), 8, 1));
  CHECK(broken(offsetof(Frame, kind), 255, 1));
  CHECK(broken(offsetof(Frame, message), 6, 1));
}

TEST_CASE("no noise is read beyond its end") {
  std::mt19937 random(20261120);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> bytes(random() % 400);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 3);
    const Packet packet(bytes);
    FrameReader reader(packet.span());
    std::size_t seen = 0;
    while (const auto item = reader.next())
      for (std::size_t i = 0; i < item->body.size; ++i) seen += item->body.data[i];
    CHECK(seen <= 255 * bytes.size());
  }
}
