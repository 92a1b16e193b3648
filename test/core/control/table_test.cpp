// Tests of core/control/ctl/table.hpp.
#include "core/control/ctl/table.hpp"

#include <catch2/catch.hpp>

#include "core/control/rpc.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::ctl;

TEST_CASE("columns are aligned, also with letters of several bytes") {
  Table table({"NAME", "STATE"});
  table.add(
      {"K\xC3\xBC"
       "che",
       "on"});
  table.add({"Attic", "off"});
  CHECK(table.text(false) ==
        "NAME   STATE\nK\xC3\xBC"
        "che  on\nAttic  off\n");
}

TEST_CASE("a column that is empty everywhere is left out") {
  Table table({"A", "B", "C"});
  table.add({"1", "", "3"});
  CHECK(table.text(false) == "A  C\n1  3\n");
}

TEST_CASE("what a device calls itself can't steer the terminal") {
  Table table({"NAME"});
  table.add({"\x1b[2Jgone\nX"});
  CHECK(table.text(false) == "NAME\n\\u{1b}[2Jgone\\nX\n");
}

TEST_CASE("colours don't shift columns") {
  Table table({"A", "B"});
  table.add({Cell("x", Colour::kRed), "y"});
  CHECK(table.text(true) == "\x1b[2mA\x1b[0m  \x1b[2mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
}

TEST_CASE("any JSON can be described") {
  CHECK(describe(*parse_json(R"({"name":"home","up":true,"list":[1,2],"none":null,"in":{"a":1}})"), false) ==
        "name  home\nup    yes\nlist  1, 2\nnone  -\nin\n  a  1\n");
  CHECK(describe(*parse_json(R"([{"id":"a","cpu_ms":1},{"id":"b"}])"), false) ==
        "ID  CPU MS\na   1\nb   -\n");
  CHECK(describe(*parse_json("[\"x\",2]"), false) == "x\n2\n");
  CHECK(describe(*parse_json("21.05"), false) == "21.05\n");
}
