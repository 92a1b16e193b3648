// Members of groups, one by one and on top of those that are there.
#include <algorithm>

#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Ids = std::vector<std::string>;

struct Scene : DrivenStage {
  Scene() {
    for (const auto* id : {"sim:a", "sim:b", "sim:c"}) driver.publish(lamp(id));
    made({0, "Evening", {"sim:a"}});
  }
  GroupDefined made(const GroupWanted& wanted) {
    return client.answer_as<GroupDefined>(client.request(wanted));
  }
  GroupDefined member(const std::string& device, bool is) {
    return client.answer_as<GroupDefined>(client.request(GroupMember{1, device, is}));
  }
};

}  // namespace

TEST_CASE("a device is put into a group and taken out of it, and each time the group is told") {
  Scene s;
  s.listener.subscribe<GroupDefined>();
  s.listener.read();
  CHECK(s.member("sim:c", true).devices == Ids{"sim:a", "sim:c"});
  CHECK(s.member("sim:a", false).devices == Ids{"sim:c"});
  const auto told = s.listener.read_all<GroupDefined>();
  REQUIRE_FALSE(told.empty());
  CHECK(told.back().devices == Ids{"sim:c"});
  CHECK(told.back().name == "Evening");
}

TEST_CASE("putting in a member again, or taking out what isn't one, succeeds and changes nothing") {
  Scene s;
  CHECK(s.member("sim:a", true).devices == Ids{"sim:a"});
  CHECK(s.member("sim:b", false).devices == Ids{"sim:a"});
}

TEST_CASE("a member of an unknown group, or an unknown device, is refused") {
  Scene s;
  CHECK(s.status(GroupMember{2, "sim:a", true}) == HEARTH_INVALID);
  CHECK(s.status(GroupMember{0, "sim:a", true}) == HEARTH_INVALID);
  CHECK(s.status(GroupMember{1, "sim:none", true}) == HEARTH_INVALID);
  CHECK(s.status(GroupMember{1, "sim:none", false}) == HEARTH_INVALID);
  CHECK(s.member("sim:a", true).devices == Ids{"sim:a"});
}

TEST_CASE("a group that keeps its devices gets another name, and more of them on top") {
  Scene s;
  const auto renamed = s.made({1, "Night", {}, true});
  CHECK(renamed.name == "Night");
  CHECK(renamed.devices == Ids{"sim:a"});
  CHECK(s.made({1, "Night", {"sim:c", "sim:a"}, true}).devices == Ids{"sim:a", "sim:c"});
  CHECK(s.made({1, "Night", {"sim:b"}, false}).devices == Ids{"sim:b"});
}

TEST_CASE("a new group that keeps its devices has those that it was made with") {
  Scene s;
  CHECK(s.made({0, "New", {"sim:b"}, true}).devices == Ids{"sim:b"});
}

TEST_CASE("two clients that put different devices into a group at once lose nothing of each other") {
  Scene s;
  FakePlugin other(s.house, "west");
  std::uint64_t a = 0, b = 0;
  s.house.while_busy([&] {
    a = s.client.request(GroupMember{1, "sim:b", true});
    b = other.request(GroupMember{1, "sim:c", true});
  });
  s.client.answer_as<GroupDefined>(a);
  other.answer_as<GroupDefined>(b);
  auto devices = s.member("sim:a", true).devices;
  std::sort(devices.begin(), devices.end());
  CHECK(devices == Ids{"sim:a", "sim:b", "sim:c"});
}

TEST_CASE("a group has 512 members and no more, however they come") {
  Scene s;
  Ids all;
  s.house.while_busy([&] {
    for (int i = 0; i < 512; ++i) {
      all.push_back("sim:" + std::to_string(i));
      s.driver.publish(lamp(all.back()));
    }
  });
  CHECK(s.status(GroupWanted{1, "Evening", all, true}) == HEARTH_INVALID);
  CHECK(s.made({1, "Evening", all}).devices == all);
  CHECK(s.status(GroupMember{1, "sim:a", true}) == HEARTH_INVALID);
  CHECK(s.member("sim:0", true).devices.size() == 512);
  CHECK(s.member("sim:0", false).devices.size() == 511);
  CHECK(s.member("sim:a", true).devices.back() == "sim:a");
}

TEST_CASE("members that were put in one by one survive a restart in their order") {
  TemporaryFolder folder;
  {
    House house(folder.path());
    FakePlugin driver(house, "sim"), client(house, "north");
    for (const auto* id : {"sim:a", "sim:b", "sim:c"}) driver.publish(lamp(id));
    client.answer_as<GroupDefined>(client.request(GroupWanted{0, "Evening", {}}));
    for (const auto* id : {"sim:c", "sim:a", "sim:b"})
      client.answer_as<GroupDefined>(client.request(GroupMember{1, id, true}));
    client.answer_as<GroupDefined>(client.request(GroupMember{1, "sim:a", false}));
  }
  House house(folder.path());
  FakePlugin client(house, "north");
  client.subscribe<GroupDefined>();
  CHECK(client.read_all<GroupDefined>().at(0).devices == Ids{"sim:c", "sim:b"});
}
