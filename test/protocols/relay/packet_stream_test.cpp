// Packets in a stream of bytes, whole and cut.
#include "protocols/relay/packet_stream.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace hearth::relay;
using Found = PacketStream::Found;

namespace {

using Things = std::vector<std::string>;

// Every packet's text; "long", "garbage" or "endless" of the rest. Stops where the stream does.
Things find(PacketStream& stream, std::string_view bytes) {
  Things all;
  while (!bytes.empty()) {
    switch (stream.next(bytes)) {
      case Found::kNothing: break;
      case Found::kPacket: all.emplace_back(stream.packet()); break;
      case Found::kLong: all.emplace_back("long"); break;
      case Found::kGarbage: all.emplace_back("garbage"); break;
      case Found::kEndless: all.emplace_back("endless"); return all;
    }
  }
  return all;
}

Things find(std::string_view bytes) {
  PacketStream stream;
  return find(stream, bytes);
}

// In pieces of `size` bytes.
Things find_cut(std::string_view bytes, std::size_t size) {
  PacketStream stream;
  Things all;
  const auto is_open = [&] { return all.empty() || all.back() != "endless"; };
  for (; !bytes.empty() && is_open(); bytes.remove_prefix(std::min(size, bytes.size())))
    for (auto& one : find(stream, bytes.substr(0, size))) all.push_back(std::move(one));
  return all;
}

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// {"text"} of so many characters in all, each of `one`.
std::string object_of(std::size_t characters, std::string_view one) {
  return "{\"" + times(characters - 4, one) + "\"}";
}

constexpr std::string_view kOneByte = "x", kTwoBytes = "é", kThreeBytes = "€", kFourBytes = "😀";

}  // namespace

TEST_CASE("packets need nothing between them, and white space doesn't matter") {
  CHECK(find(R"({"a":1}{"b":2})") == Things{R"({"a":1})", R"({"b":2})"});
  CHECK(find(" \r\n\t{ \"a\" : 1 }\n\n{} ") == Things{R"({ "a" : 1 })", "{}"});
  CHECK(find("").empty());
  CHECK(find(" \n").empty());
}

TEST_CASE("a packet is the same however it is cut") {
  const std::string bytes = R"({"a":"}{\"\\"}  {"b":[{"c":"]"},[]]}{"ä":"€😀"})"
                            "\n{}";
  const Things whole{R"({"a":"}{\"\\"})", R"({"b":[{"c":"]"},[]]})", R"({"ä":"€😀"})", "{}"};
  CHECK(find(bytes) == whole);
  for (std::size_t size = 1; size < bytes.size(); ++size) CHECK(find_cut(bytes, size) == whole);
}

TEST_CASE("braces, brackets and quotes in strings end nothing") {
  for (const auto* text :
       {R"({"a":"}"})", R"({"]":"["})", R"({"a":"\"}"})", R"({"a":"\\"})", R"({"a":"\\\"}"})"})
    CHECK(find(text) == Things{text});
  CHECK(find(R"({"a":"\\"}{"b":"\\\\"})") == Things{R"({"a":"\\"})", R"({"b":"\\\\"})"});
  CHECK(find(R"({"never closed: }{})").empty());
}

TEST_CASE("what a packet says is not looked at") {
  CHECK(find("{]{}") == Things{"{]", "{}"});
  CHECK(find("{nonsense}") == Things{"{nonsense}"});
  CHECK(find("{\"\xff\"}") == Things{"{\"\xff\"}"});
  CHECK(find(std::string("{\0}", 3)) == Things{std::string("{\0}", 3)});
}

TEST_CASE("garbage counts once up to a line's end, a packet or the end of the bytes") {
  for (const auto* text :
       {"42", "hello", "\"text\"", "null", "}", "] ]", "a b\tc", ",", "\xff\xfe", "\xef\xbb\xbf"})
    CHECK(find(text) == Things{"garbage"});
  CHECK(find("a\nb\r\n\n c \n") == Things{"garbage", "garbage", "garbage"});
  CHECK(find("hello{}") == Things{"garbage", "{}"});
  CHECK(find("{}}{}") == Things{"{}", "garbage", "{}"});
  CHECK(find("{}, {}") == Things{"{}", "garbage", "{}"});
  CHECK(find_cut("ab", 1) == Things{"garbage", "garbage"});
  CHECK(find(std::string("\0\0", 2)) == Things{"garbage"});
}

TEST_CASE("an array is garbage up to its closing bracket, whatever is in it") {
  const std::string array = R"([1,"]",{"target":"a","payload":1},
[]])";
  CHECK(find(array + "{}") == Things{"garbage", "{}"});
  for (std::size_t size = 1; size < array.size(); ++size)
    CHECK(find_cut(array + "{}", size) == Things{"garbage", "{}"});
  CHECK(find("[][]") == Things{"garbage", "garbage"});
  CHECK(find("[" + std::string(2000, '1') + "]{}") == Things{"garbage", "{}"});
}

TEST_CASE("1023 characters are a packet, 1024 are too long, of whatever width") {
  for (const auto one : {kOneByte, kTwoBytes, kThreeBytes, kFourBytes}) {
    const auto most = object_of(1023, one), more = object_of(1024, one);
    for (const std::size_t size : {std::size_t{100'000}, std::size_t{1}, std::size_t{7}, std::size_t{1023}}) {
      CHECK(find_cut(most + "{}", size) == Things{most, "{}"});
      CHECK(find_cut(more + "{}", size) == Things{"long", "{}"});
    }
  }
}

TEST_CASE("white space inside of a packet counts, and outside of it doesn't") {
  CHECK(find("{" + std::string(1022, ' ') + "}") == Things{"long"});
  const auto most = "{" + std::string(1021, '\n') + "}";
  CHECK(find(std::string(5000, ' ') + most + std::string(5000, '\n') + "{}") == Things{most, "{}"});
}

TEST_CASE("4096 characters may be a packet that is too long; one more is endless") {
  for (const auto one : {kOneByte, kTwoBytes, kThreeBytes, kFourBytes}) {
    const auto most = object_of(4096, one), more = object_of(4097, one);
    const auto open = more.substr(0, more.size() - 1);  // 4096 characters, and still open
    for (const std::size_t size : {std::size_t{100'000}, std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
      CHECK(find_cut(most + "{}", size) == Things{"long", "{}"});
      CHECK(find_cut(more, size) == Things{"endless"});
      CHECK(find_cut(open, size).empty());
      CHECK(find_cut(open + "x", size) == Things{"endless"});
    }
  }
  CHECK(find("[" + std::string(4096, '1')) == Things{"endless"});
}

TEST_CASE("bytes that are no characters don't keep a packet open for ever") {
  CHECK(find_cut("{\"" + std::string(1'000'000, '\x80'), 16 * 1024) == Things{"endless"});
}

TEST_CASE("what follows a packet doesn't depend on whether a bracket in garbage was cut off") {
  const std::string bytes = "hello [ {}";
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    PacketStream stream;
    auto all = find(stream, bytes.substr(0, at));
    for (auto& one : find(stream, bytes.substr(at))) all.push_back(one);
    CHECK((!all.empty() && all.back() == find(bytes).back()));
  }
}

TEST_CASE("characters are counted as UTF-8") {
  CHECK(characters("") == 0);
  CHECK(characters("aé€😀") == 4);
  CHECK(has_characters("aé€😀", 4));
  CHECK_FALSE(has_characters("aé€😀", 5));
  CHECK_FALSE(has_characters("aé€😀", 10));
}
