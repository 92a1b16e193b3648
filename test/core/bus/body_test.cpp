// Body: what it holds, where it lies, and how long it lives.
#include "core/bus/body.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using hearth::core::Body;

TEST_CASE("a body holds a copy of the bytes it was made of") {
  std::string text = "some bytes";
  const Body body(text);
  text.assign(text.size(), 'x');
  CHECK(body.text() == "some bytes");
  CHECK(body.size() == 10);
}

TEST_CASE("the bytes of a body of any size are aligned to 16") {
  std::vector<Body> kept;
  for (std::size_t size = 1; size < 600; ++size) {
    kept.emplace_back(std::string(size, 'a'));
    REQUIRE(reinterpret_cast<std::uintptr_t>(kept.back().bytes().data) % 16 == 0);
  }
}

TEST_CASE("copies of a body share its bytes") {
  const Body body("shared");
  CHECK(Body(body).bytes().data == body.bytes().data);
}

TEST_CASE("a copy outlives the body it was made of") {
  Body copy;
  {
    const Body body("still here");
    copy = body;
  }
  CHECK(copy.text() == "still here");
}

TEST_CASE("a moved body leaves an empty one behind") {
  Body from("moved");
  const Body to = std::move(from);
  CHECK(to.text() == "moved");
  CHECK(from.size() == 0);  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("an empty body has no bytes") {
  const Body none, empty("");
  CHECK(none.size() == 0);
  CHECK(empty.size() == 0);
  CHECK(none.text().empty());
  CHECK(Body(none).size() == 0);
}

TEST_CASE("a body assigned to itself stays what it is") {
  Body body("itself");
  const auto& same = body;
  body = same;
  CHECK(body.text() == "itself");
}

TEST_CASE("threads may copy and drop bodies that share their bytes at the same time") {
  const Body body(std::string(1000, 'b'));
  std::vector<std::thread> threads;
  std::vector<std::size_t> seen(4);
  for (std::size_t t = 0; t < seen.size(); ++t) {
    threads.emplace_back([mine = body, &seen, t] {
      for (int i = 0; i < 20'000; ++i) {
        seen[t] += Body(mine).size();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto sum : seen) CHECK(sum == 20'000'000);
  CHECK(body.size() == 1000);
}
