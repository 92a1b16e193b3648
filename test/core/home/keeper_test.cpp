// Changes that the store turns away are offered again.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

TEST_CASE("devices that came faster than the store takes changes are all on disk in the end") {
  TemporaryFolder folder;
  constexpr int kMany = 400;
  {
    store::Options options;
    options.most_changes = 50;
    House house(folder.path(), options);
    FakePlugin driver(house, "sim"), client(house, "north");
    house.while_busy([&] {
      for (int i = 0; i < kMany; ++i) driver.publish(lamp("sim:" + std::to_string(i)));
    });
    // The group can be kept only once its devices are: asked again until it is.
    std::vector<std::string> all;
    for (int i = 0; i < kMany; ++i) all.push_back("sim:" + std::to_string(i));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    hearth_status status = HEARTH_FAILED;
    while (status != HEARTH_OK && std::chrono::steady_clock::now() < deadline)
      status = client.answer_to(client.request(GroupWanted{0, "All", all})).status;
    CHECK(status == HEARTH_OK);
  }
  House house(folder.path());
  FakePlugin reader(house, "reader");
  reader.subscribe<DeviceDeclared>();
  CHECK(reader.read_all<DeviceDeclared>().size() == kMany);
}
