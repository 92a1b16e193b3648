// Rows that nearly slip through an import's plan into a house that refuses them.
#include <catch2/catch.hpp>

#include "core/home/judge.hpp"
#include "protocols/athome/import/plan.hpp"

using namespace hearth;

namespace {

athome::Plan plan_of(const athome::Legacy::Device& device) {
  athome::Legacy legacy;
  legacy.devices = {device};
  return athome::plan_import(legacy, House(), [](std::string_view) { return false; });
}

Status judgement(const athome::Plan& plan) {
  const auto& d = plan.house.devices.at(0);
  return core::judge_wanted({d.driver, d.address, d.channel, d.name, d.location});
}

}  // namespace

TEST_CASE("a name with a control character of two bytes is bent to what a house accepts") {
  CHECK(judgement(plan_of({4, "a\xc2\x85z", "", "dummy", "lamp", "0", "", ""})).ok());
}

TEST_CASE("a long make that begins with a digit becomes a driver's id that a house accepts") {
  CHECK(judgement(plan_of({4, "Lamp", "", std::string(60, '9'), "lamp", "0", "", ""})).ok());
}
