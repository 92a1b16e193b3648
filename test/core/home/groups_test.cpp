// Groups: made, changed, shrunk and taken away.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

struct Scene : DrivenStage {
  Scene() {
    driver.publish(lamp("sim:a"));
    driver.publish(lamp("sim:b"));
    house.settle();
  }
  GroupDefined made(const GroupWanted& wanted) {
    return client.answer_as<GroupDefined>(client.request(wanted));
  }
};

}  // namespace

TEST_CASE("a group is made, told and answered with its number") {
  Scene s;
  s.listener.subscribe<GroupDefined>();
  const auto group = s.made({0, "Evening", {"sim:b", "sim:a", "sim:b"}});
  CHECK(group.number == 1);
  CHECK(group.devices == std::vector<std::string>{"sim:b", "sim:a"});
  const auto told = s.listener.read_all<GroupDefined>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].name == "Evening");
}

TEST_CASE("a group is changed under its number, and an unknown number is refused") {
  Scene s;
  s.made({0, "Evening", {"sim:a"}});
  const auto changed = s.made({1, "Night", {"sim:b"}});
  CHECK(changed.number == 1);
  CHECK(changed.name == "Night");
  CHECK(s.status(GroupWanted{2, "None", {}}) == HEARTH_INVALID);
}

TEST_CASE("unclean names, unknown devices and too many of them are refused") {
  Scene s;
  CHECK(s.status(GroupWanted{0, "", {}}) == HEARTH_INVALID);
  CHECK(s.status(GroupWanted{0, "a\nb", {}}) == HEARTH_INVALID);
  CHECK(s.status(GroupWanted{0, std::string("a\0", 2), {}}) == HEARTH_INVALID);
  CHECK(s.status(GroupWanted{0, "x", {"sim:none"}}) == HEARTH_INVALID);
  CHECK(s.status(GroupWanted{0, "x", std::vector<std::string>(Groups::kMaxMembers + 1, "sim:a")}) ==
        HEARTH_INVALID);
}

TEST_CASE("a device that is removed leaves its groups, and they are told anew") {
  Scene s;
  s.made({0, "Evening", {"sim:a", "sim:b"}});
  s.listener.subscribe<GroupDefined>();
  s.listener.read();
  s.driver.publish(DeviceRemoved{"sim:a"});
  const auto told = s.listener.read_all<GroupDefined>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].devices == std::vector<std::string>{"sim:b"});
}

TEST_CASE("a group that is taken away ends as a fact, and its number isn't given again") {
  Scene s;
  s.made({0, "Evening", {"sim:a"}});
  s.listener.subscribe<GroupRemoved>();
  CHECK(s.status(GroupUnwanted{1}) == HEARTH_OK);
  CHECK(s.status(GroupUnwanted{1}) == HEARTH_INVALID);
  CHECK(s.listener.read_all<GroupRemoved>().size() == 1);
  s.listener.subscribe<GroupDefined>();
  CHECK(s.listener.read().empty());
  CHECK(s.made({0, "Again", {}}).number == 2);
}
