// What is written is read back, in groups, durably, and nothing is written when nothing changed.
#include "core/store/store.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Options quick_states() {
  Options options;
  options.state_interval = 1ms;
  return options;
}

// Every file's inode, size and time of change.
std::string fingerprint(const TemporaryFolder& folder) {
  std::string all;
  for (const std::string& name : folder.names("")) {
    struct stat info {};
    REQUIRE(::stat((folder.path() / name).c_str(), &info) == 0);
    all += name + " " + std::to_string(info.st_ino) + " " + std::to_string(info.st_size) + " " +
           std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + "\n";
  }
  return all;
}

TEST_CASE("everything written comes back after reopening") {
  TemporaryFolder folder;
  Problems problems;
  const GroupRow group{.number = 1, .name = "Erdgeschoß", .devices = {2, 1}};
  const StateRow state{1, "brightness", "50", 1'700'000'000'000'000, "75", 1'700'000'000'000'001};
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutDevice{device(1)}).ok());
    CHECK(write(*store, PutDevice{device(2)}).ok());
    CHECK(write(*store, PutGroup{group}).ok());
    CHECK(write(*store, PutPluginData{"tplink/token", {0, 7, 255}}).ok());
    CHECK(write(*store, PutPluginData{"tplink/empty", {}}).ok());
    CHECK(write(*store, PutSetting{"home.mode", "away"}).ok());
    store->write_state(state);
  }
  auto store = open(folder, problems);
  const Snapshot snapshot = store->take_snapshot();
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(1), device(2)});
  CHECK(snapshot.groups == std::vector<GroupRow>{group});
  CHECK(snapshot.states == std::vector<StateRow>{state});
  const std::map<std::string, std::vector<std::uint8_t>> data{{"tplink/token", {0, 7, 255}},
                                                              {"tplink/empty", {}}};
  CHECK(snapshot.plugin_data == data);
  CHECK(snapshot.settings == std::map<std::string, std::string>{{"home.mode", "away"}});
  CHECK(snapshot.next_device == 3);
  CHECK(snapshot.next_group == 2);
  CHECK(problems.all().empty());
}

TEST_CASE("a put replaces what was there") {
  TemporaryFolder folder;
  Problems problems;
  DeviceRow renamed = device(1);
  renamed.name = "Desk";
  renamed.declaration.clear();
  const GroupRow smaller{.number = 4, .name = "b", .devices = {2}};
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutDevice{device(1)}).ok());
    CHECK(write(*store, PutDevice{device(2)}).ok());
    CHECK(write(*store, PutGroup{{.number = 4, .name = "a", .devices = {1, 2}}}).ok());
    CHECK(write(*store, PutSetting{"k", "old"}).ok());
    CHECK(write(*store, PutPluginData{"k", {1}}).ok());
    CHECK(write(*store, PutDevice{renamed}).ok());
    CHECK(write(*store, PutGroup{smaller}).ok());
    CHECK(write(*store, PutSetting{"k", ""}).ok());
    CHECK(write(*store, PutPluginData{"k", {2}}).ok());
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices == std::vector<DeviceRow>{renamed, device(2)});
  CHECK(snapshot.groups == std::vector<GroupRow>{smaller});
  CHECK(snapshot.settings.at("k").empty());
  CHECK(snapshot.plugin_data.at("k") == std::vector<std::uint8_t>{2});
}

TEST_CASE("what is removed is gone, and removing it again succeeds") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutGroup{{.number = 1, .name = "g", .devices = {}}}).ok());
    CHECK(write(*store, PutSetting{"k", "v"}).ok());
    CHECK(write(*store, PutPluginData{"k", {1}}).ok());
    for (int again = 0; again < 2; ++again) {
      CHECK(write(*store, RemoveGroup{1}).ok());
      CHECK(write(*store, RemoveSetting{"k"}).ok());
      CHECK(write(*store, RemovePluginData{"k"}).ok());
      CHECK(write(*store, RemoveDevice{1}).ok());
    }
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.groups.empty());
  CHECK(snapshot.settings.empty());
  CHECK(snapshot.plugin_data.empty());
}

TEST_CASE("removing a device takes its states and memberships with it") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems, quick_states());
    CHECK(write(*store, PutDevice{device(1)}).ok());
    CHECK(write(*store, PutDevice{device(2)}).ok());
    CHECK(write(*store, PutGroup{{.number = 1, .name = "both", .devices = {1, 2}}}).ok());
    store->write_state({1, "on_off", "true", 1, "true", 1});
    store->write_state({2, "on_off", "true", 1, "true", 1});
    REQUIRE(wait_until([&] { return store->counters().state_transactions >= 1; }));
    CHECK(write(*store, RemoveDevice{1}).ok());
    store->write_state({1, "on_off", "false", 2, "", 0});  // a late one
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(2)});
  REQUIRE(snapshot.groups.size() == 1);
  CHECK(snapshot.groups[0].devices == std::vector<std::int64_t>{2});
  REQUIRE(snapshot.states.size() == 1);
  CHECK(snapshot.states[0].device == 2);
  CHECK(problems.all().empty());
}

TEST_CASE("a number is not given again after its device was removed") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems);
    CHECK(store->take_snapshot().next_device == 1);
    CHECK(write(*store, PutDevice{device(41)}).ok());
    CHECK(write(*store, PutGroup{{.number = 9, .name = "g", .devices = {}}}).ok());
    CHECK(write(*store, RemoveDevice{41}).ok());
    CHECK(write(*store, RemoveGroup{9}).ok());
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.next_device == 42);
  CHECK(snapshot.next_group == 10);
}

TEST_CASE("a wrong change is refused whole and its neighbours stand") {
  TemporaryFolder folder;
  Problems problems;
  DeviceRow same_id = device(2);
  same_id.id = device(1).id;
  {
    auto store = open(folder, problems);
    Answers answers;
    store->write(PutDevice{device(1)}, into(answers));
    store->write(PutDevice{same_id}, into(answers));
    store->write(PutGroup{{.number = 1, .name = "ghost", .devices = {1, 77}}}, into(answers));
    store->write(PutSetting{"k", "v"}, into(answers));
    const std::vector<Status> all = answers.wait_for(4);
    REQUIRE(all.size() == 4);
    CHECK(all[0].ok());
    REQUIRE_FALSE(all[1].ok());
    CHECK(all[1].error().code == ErrorCode::kInvalid);
    CHECK(all[1].error().words == "UNIQUE constraint failed: device.id");
    REQUIRE_FALSE(all[2].ok());
    CHECK(all[2].error().code == ErrorCode::kInvalid);
    CHECK(all[3].ok());
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(1)});
  CHECK(snapshot.groups.empty());
  CHECK(snapshot.settings.size() == 1);
}

TEST_CASE("a thousand changes are answered in order and in far fewer transactions") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open(folder, problems);
  Collected<int> order;
  for (int i = 0; i < 1000; ++i) {
    store->write(PutSetting{"k" + std::to_string(i), "v"}, [&order, i](const Status& status) {
      if (status.ok()) order.add(i);
    });
  }
  const std::vector<int> answered = order.wait_for(1000);
  REQUIRE(answered.size() == 1000);
  CHECK(std::is_sorted(answered.begin(), answered.end()));
  CHECK(store->counters().change_transactions < 100);
}

TEST_CASE("states are coalesced and written in one group") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems);  // a group every 5 s, or at close
    CHECK(write(*store, PutDevice{device(1)}).ok());
    for (int i = 0; i < 1000; ++i) store->write_state({1, "brightness", std::to_string(i), i, "", 0});
    store->close();
    CHECK(store->counters().state_transactions == 1);
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  REQUIRE(snapshot.states.size() == 1);
  CHECK(snapshot.states[0].reported == "999");
}

TEST_CASE("a state is on disk by itself after its interval") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open(folder, problems, quick_states());
  CHECK(write(*store, PutDevice{device(1)}).ok());
  store->write_state({1, "on_off", "true", 1, "", 0});
  CHECK(wait_until([&] { return store->counters().state_transactions == 1; }));
}

TEST_CASE("an idle store writes nothing") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open(folder, problems, quick_states());
  CHECK(write(*store, PutDevice{device(1)}).ok());
  store->write_state({1, "on_off", "true", 1, "", 0});
  REQUIRE(wait_until([&] { return store->counters().state_transactions == 1; }));
  const std::string before = fingerprint(folder);
  const Counters counted = store->counters();
  // Two hundred state intervals of nothing.
  const auto until = std::chrono::steady_clock::now() + 200ms;
  CHECK(wait_until([&] { return std::chrono::steady_clock::now() > until; }));
  CHECK(fingerprint(folder) == before);
  CHECK(store->counters().change_transactions == counted.change_transactions);
  CHECK(store->counters().state_transactions == counted.state_transactions);
  CHECK(store->counters().good_copies == counted.good_copies);
}

TEST_CASE("opening and closing without a change writes no good copy again") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutSetting{"k", "v"}).ok());
    store->close();
    CHECK(store->counters().good_copies == 2);  // the empty one at open, the changed one at close
  }
  auto store = open(folder, problems);
  store->close();
  CHECK(store->counters().good_copies == 0);
}

TEST_CASE("all files are private to their owner") {
  TemporaryFolder folder;
  Problems problems;
  overwrite(folder.database(), "");
  fs::permissions(folder.database(), fs::perms::owner_all | fs::perms::others_read);
  auto store = open(folder, problems);
  CHECK(write(*store, PutSetting{"k", "v"}).ok());
  CHECK(folder.names("hearth.db").size() == 3);
  for (const std::string& name : folder.names("")) {
    CHECK(fs::status(folder.path() / name).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  }
}

TEST_CASE("a folder that isn't there is a clear error") {
  TemporaryFolder folder;
  const auto store = Store::open(folder.path() / "none", nullptr);
  REQUIRE_FALSE(store.ok());
  CHECK_THAT(store.error().words, Catch::Contains("none: can't open the folder: No such file or directory"));
}

TEST_CASE("a second store on the same folder is refused until the first is closed") {
  TemporaryFolder folder;
  Problems problems;
  auto first = open(folder, problems);
  const auto second = Store::open(folder.path(), into(problems));
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == ErrorCode::kBusy);
  CHECK_THAT(second.error().words, Catch::Contains("another process uses this folder"));
  first->close();
  CHECK(Store::open(folder.path(), into(problems)).ok());
}

TEST_CASE("after closing a change is answered as cancelled") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open(folder, problems);
  store->close();
  store->close();
  store->write_state({1, "on_off", "true", 1, "", 0});
  const Status status = write(*store, PutSetting{"k", "v"});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kCancelled);
}

TEST_CASE("what was queued before closing is answered and on disk") {
  TemporaryFolder folder;
  Problems problems;
  Answers answers;
  {
    auto store = open(folder, problems);
    for (int i = 0; i < 500; ++i) store->write(PutSetting{std::to_string(i), "v"}, into(answers));
  }
  CHECK(answers.all().size() == 500);
  CHECK(open(folder, problems)->take_snapshot().settings.size() == 500);
}

TEST_CASE("a change too large to be stored is refused") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open(folder, problems);
  const Status status = write(*store, PutSetting{"k", std::string(std::size_t{2} << 20, 'x')});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kInvalid);
  CHECK(problems.all().empty());
}

}  // namespace
}  // namespace hearth::store::test
