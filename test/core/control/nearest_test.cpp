// Tests of core/control/nearest.hpp.
#include "core/control/nearest.hpp"

#include <catch2/catch.hpp>

using hearth::core::nearest;

TEST_CASE("the word with the fewest edits is meant") {
  CHECK(nearest("devcies", {"device", "devices", "groups"}) == "devices");
  CHECK(nearest("statechanged", {"StateChanged", "StatusChanged"}) == "StateChanged");
}

TEST_CASE("a word that resembles none is not guessed") {
  CHECK(nearest("foo", {"log", "bus"}).empty());
  CHECK(nearest("xylophone", {"device", "groups"}).empty());
  CHECK(nearest(std::string(1000, 'a'), {"device"}).empty());
}
