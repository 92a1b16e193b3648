// Where a JSON object ends, however the bytes arrive.
#include "hearth/net/json_framer.hpp"

#include <catch2/catch.hpp>

using hearth::net::JsonFramer;
using State = JsonFramer::State;

namespace {

// Feeds `bytes` in pieces of `size` until the framer has an opinion.
State feed(JsonFramer& framer, std::string_view bytes, std::size_t size) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
    if (const auto state = framer.feed(bytes.substr(0, size)); state != State::kNeedMore) return state;
  return State::kNeedMore;
}

const std::string kTricky = R"({"a": "}{][\"\\", "b": [{"c": "\\\""}, []], "é": "\u007b"})";

}  // namespace

TEST_CASE("an object is found whole, wherever the stream is cut in two") {
  for (std::size_t cut = 0; cut <= kTricky.size(); ++cut) {
    INFO(cut);
    JsonFramer framer;
    const std::string_view all = kTricky;
    auto state = framer.feed(all.substr(0, cut));
    if (cut < all.size()) {
      REQUIRE(state == State::kNeedMore);
      state = framer.feed(all.substr(cut));
    }
    REQUIRE(state == State::kComplete);
    CHECK(framer.frame() == kTricky);
  }
}

TEST_CASE("an object that comes byte by byte is found whole") {
  JsonFramer framer;
  REQUIRE(feed(framer, " \r\n" + kTricky, 1) == State::kComplete);
  CHECK(framer.frame() == kTricky);
}

TEST_CASE("white space, a byte order mark and one stray quote may come before the object") {
  for (const auto* before : {" \t\r\n", "\xef\xbb\xbf", "\"", "\xef\xbb\xbf \"", "\" \xef\xbb\xbf"}) {
    for (const std::size_t size : {1, 2, 100}) {
      JsonFramer framer;
      const std::string bytes = std::string(before) + "{}";  // the frame may be a view into it
      REQUIRE(feed(framer, bytes, size) == State::kComplete);
      CHECK(framer.frame() == "{}");
    }
  }
}

TEST_CASE("bytes that cannot begin an object are malformed at once") {
  for (const auto* text : {"x", "[", "1", "}", "\"\"", "\xef\xbb\xbf\xef", "\xefx", "\xff", "null", "\x01"}) {
    INFO(text);
    JsonFramer framer;
    CHECK(framer.feed(text) == State::kMalformed);
    CHECK_FALSE(framer.reason().empty());
  }
}

TEST_CASE("an array is accepted where the protocol has them") {
  JsonFramer framer({.arrays = true});
  CHECK(framer.feed("[{}, [1]] ") == State::kComplete);
  CHECK(framer.frame() == "[{}, [1]]");
}

TEST_CASE("brackets of the wrong kind are malformed") {
  JsonFramer framer;
  CHECK(framer.feed("{\"a\": [}") == State::kMalformed);
}

TEST_CASE("what follows the object is left to the caller") {
  JsonFramer framer;
  std::size_t used = 0;
  CHECK(framer.feed("{}}{\"b\"", &used) == State::kComplete);
  CHECK(used == 2);
  framer.reset();
  CHECK(framer.feed("{\"b\"", &used) == State::kNeedMore);
  CHECK(used == 4);
}

TEST_CASE("the size limit counts every byte and is exact") {
  const std::string object = "{\"a\":1}";
  JsonFramer fits({.max_bytes = object.size()});
  CHECK(feed(fits, object, 1) == State::kComplete);
  JsonFramer tight({.max_bytes = object.size() - 2});
  CHECK(feed(tight, object, 3) == State::kTooBig);
  JsonFramer blank({.max_bytes = 10});
  CHECK(feed(blank, std::string(11, ' '), 4) == State::kTooBig);
}

TEST_CASE("the depth limit is exact") {
  const auto nested = [](std::size_t depth) {
    std::string text = "{\"a\":";
    for (std::size_t i = 1; i < depth; ++i) text += '[';
    for (std::size_t i = 1; i < depth; ++i) text += ']';
    return text + '}';
  };
  JsonFramer framer;
  CHECK(framer.feed(nested(32)) == State::kComplete);
  framer.reset();
  CHECK(framer.feed(nested(33)) == State::kTooDeep);
}

TEST_CASE("a framer knows whether anything has begun") {
  JsonFramer framer;
  framer.feed(" \n");
  CHECK_FALSE(framer.started());
  framer.feed("{");
  CHECK(framer.started());
  framer.reset();
  CHECK_FALSE(framer.started());
}

TEST_CASE("a megabyte that dribbles in byte by byte takes linear time") {
  JsonFramer framer;
  const std::string big = "{\"a\": \"" + std::string(1000 * 1000, 'x') + "\"}";
  REQUIRE(feed(framer, big, 1) == State::kComplete);
  CHECK(framer.frame() == big);
}
