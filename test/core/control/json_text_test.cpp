// Tests of core/control/json_text.hpp.
#include "core/control/json_text.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace hearth;
using namespace hearth::core;

namespace {

template <class T>
std::string json(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace

TEST_CASE("control characters, quotes and backslashes of a text are escaped") {
  CHECK(json(std::string_view("a\"b\\c\n\x01\x7f")) == R"("a\"b\\c\n\u0001\u007f")");
}

TEST_CASE("bytes that are not UTF-8 become the replacement character") {
  CHECK(json(std::string_view("gr\xC3\xBCn\xFF")) == "\"gr\xC3\xBCn\xEF\xBF\xBD\"");
}

TEST_CASE("numbers are as short as they read back, and what JSON lacks is null") {
  CHECK(json(21.05) == "21.05");
  CHECK(json(40.0) == "40");
  CHECK(json(std::numeric_limits<double>::infinity()) == "null");
  CHECK(json(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("a time is shown in UTC with microseconds") {
  CHECK(iso_time(1'709'294'400'000'001) == "2024-03-01T12:00:00.000001Z");
}

TEST_CASE("a time that no calendar holds is clamped") {
  CHECK(iso_time(std::numeric_limits<std::int64_t>::min()) == "1970-01-01T00:00:00.000000Z");
  CHECK(iso_time(std::numeric_limits<std::int64_t>::max()) == "9999-12-31T23:59:59.999999Z");
}
