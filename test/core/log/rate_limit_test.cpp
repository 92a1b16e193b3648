// Tests of the token bucket.
#include "core/log/rate_limit.hpp"

#include <catch2/catch.hpp>

using hearth::core::Rate;
using hearth::core::RateLimit;

TEST_CASE("a burst passes, and what exceeds it is counted") {
  RateLimit limit(Rate{5, 2}, 0);
  int passed = 0;
  for (int i = 0; i < 12; ++i) passed += limit.allow(0);
  CHECK(passed == 5);
  CHECK(limit.suppressed() == 7);
  CHECK(limit.take_suppressed() == 7);
  CHECK(limit.suppressed() == 0);
  CHECK(limit.suppressed_total() == 7);
}

TEST_CASE("a steady trickle below the rate is never suppressed") {
  RateLimit limit(Rate{2, 10}, 0);
  for (int i = 0; i < 1000; ++i) REQUIRE(limit.allow(i * 100'000));
}

TEST_CASE("after a flood the limit stays shut until half of the burst is back") {
  RateLimit limit(Rate{10, 10}, 0);
  for (int i = 0; i < 11; ++i) (void)limit.allow(0);
  CHECK_FALSE(limit.open(400'000));
  CHECK(limit.open(600'000));
}

TEST_CASE("a clock that steps back neither fills nor breaks the bucket") {
  RateLimit limit(Rate{1, 1}, 10'000'000);
  CHECK(limit.allow(10'000'000));
  CHECK_FALSE(limit.allow(0));
  CHECK_FALSE(limit.allow(500'000));
  CHECK(limit.open(2'000'000));
}
