// Tests of core/control/line_buffer.hpp.
#include "core/control/line_buffer.hpp"

#include <catch2/catch.hpp>

using hearth::core::LineBuffer;

TEST_CASE("a line that comes in pieces is given out once it is whole") {
  LineBuffer lines(100);
  lines.append("ab");
  CHECK_FALSE(lines.next());
  CHECK(lines.partial());
  lines.append("c\nde");
  CHECK(lines.next() == "abc");
  CHECK_FALSE(lines.next());
  lines.append("\n");
  CHECK(lines.next() == "de");
  CHECK_FALSE(lines.next());
  CHECK_FALSE(lines.partial());
}

TEST_CASE("empty lines and carriage returns are passed over") {
  LineBuffer lines(100);
  lines.append("\n\r\na\r\n\n");
  CHECK(lines.next() == "a");
  CHECK_FALSE(lines.next());
}

TEST_CASE("a line without end is noticed when it passes the limit") {
  LineBuffer lines(10);
  lines.append("0123456789");
  CHECK_FALSE(lines.next());
  CHECK_FALSE(lines.too_long());
  lines.append("x");
  CHECK_FALSE(lines.next());
  CHECK(lines.too_long());
}
