// A full disk: the failure is told, everything is kept in memory, and it recovers by itself.
#include <signal.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "core/store/store.hpp"
#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

using namespace std::chrono_literals;

// While it lives no file of this process grows beyond `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit now = before_;
    now.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

Options retrying_every(std::chrono::milliseconds delay) {
  Options options;
  options.state_interval = 1ms;
  options.first_retry = delay;
  options.longest_retry = delay;
  return options;
}

// With the good copy of its first moment made: that one is written beside the changes.
std::unique_ptr<Store> open_with_good_copy(const TemporaryFolder& folder, Problems& problems,
                                           Options options) {
  auto store = open(folder, problems, std::move(options));
  REQUIRE(wait_until([&] { return store->counters().good_copies == 1; }));
  return store;
}

const std::string kLarge(100'000, 'x');
constexpr rlim_t kLimit = 4096;

TEST_CASE("on a full disk a change fails at once, is kept, and is saved when there is room again") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open_with_good_copy(folder, problems, retrying_every(5ms));
    CHECK(write(*store, PutSetting{"before", "v"}).ok());
    {
      const FileSizeLimit limit(kLimit);
      const Status status = write(*store, PutSetting{"during", kLarge});
      REQUIRE_FALSE(status.ok());
      CHECK(status.error().code == ErrorCode::kFailed);
      CHECK_THAT(status.error().words, Catch::Contains("kept in memory"));
      CHECK_FALSE(write(*store, PutSetting{"during", "newer"}).ok());
      CHECK_FALSE(write(*store, PutDevice{device(1)}).ok());
      store->write_state({1, "on_off", "true", 1, "", 0});
      CHECK(problems.all().size() == 1);
    }
    // Without any further change.
    REQUIRE(problems.wait_for(2).size() == 2);
    CHECK_THAT(problems.all()[0], Catch::Contains("can't save"));
    CHECK_THAT(problems.all()[1], Catch::Contains("saving works again"));
    CHECK(write(*store, PutSetting{"after", "v"}).ok());
  }
  CHECK(problems.all().size() == 2);
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.settings ==
        std::map<std::string, std::string>{{"before", "v"}, {"during", "newer"}, {"after", "v"}});
  CHECK(snapshot.devices == std::vector<DeviceRow>{device(1)});
  CHECK(snapshot.states.size() == 1);
}

TEST_CASE("states that can't be saved are kept and saved later, the newest of each") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open_with_good_copy(folder, problems, retrying_every(5ms));
    CHECK(write(*store, PutDevice{device(1)}).ok());
    {
      const FileSizeLimit limit(kLimit);
      store->write_state({1, "on_off", "true", 1, "", 0});
      store->write_state({1, "text", kLarge, 1, "", 0});
      REQUIRE(problems.wait_for(1).size() == 1);
      store->write_state({1, "on_off", "false", 2, "", 0});
    }
    REQUIRE(problems.wait_for(2).size() == 2);
  }
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  REQUIRE(snapshot.states.size() == 2);
  CHECK(snapshot.states[0].reported == "false");
  CHECK(snapshot.states[1].reported == kLarge);
}

TEST_CASE("a change in trouble is answered at once, not at the next retry") {
  TemporaryFolder folder;
  Problems problems;
  auto store = open_with_good_copy(folder, problems, retrying_every(1h));
  {
    const FileSizeLimit limit(kLimit);
    CHECK_FALSE(write(*store, PutSetting{"a", kLarge}).ok());
  }
  const Status status = write(*store, PutSetting{"b", "v"});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::kFailed);
  CHECK(store->counters().failures == 1);
  store->close();  // tries a last time whatever the delay
  CHECK(problems.all().size() == 2);
  CHECK(open(folder, problems)->take_snapshot().settings.size() == 2);
}

TEST_CASE("in trouble the changes kept in memory are bounded, and it is said once") {
  TemporaryFolder folder;
  Problems problems;
  Options options = retrying_every(1h);
  options.most_changes = 10;
  auto store = open_with_good_copy(folder, problems, options);
  {
    const FileSizeLimit limit(kLimit);
    CHECK_FALSE(write(*store, PutSetting{"0", kLarge}).ok());
    for (int i = 1; i < 10; ++i) {
      CHECK(write(*store, PutSetting{std::to_string(i), "v"}).error().code == ErrorCode::kFailed);
    }
    for (int i = 10; i < 20; ++i) {
      CHECK(write(*store, PutSetting{std::to_string(i), "v"}).error().code == ErrorCode::kBusy);
    }
  }
  REQUIRE(problems.all().size() == 2);
  CHECK_THAT(problems.all()[1], Catch::Contains("10 changes wait for the disk"));
  store->close();
  CHECK(open(folder, problems)->take_snapshot().settings.size() == 10);
}

TEST_CASE("closing on a full disk says what is lost and harms nothing that was saved") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open_with_good_copy(folder, problems, retrying_every(1h));
    CHECK(write(*store, PutDevice{device(1)}).ok());
    const FileSizeLimit limit(kLimit);
    CHECK_FALSE(write(*store, PutSetting{"a", kLarge}).ok());
    store->write_state({1, "on_off", "true", 1, "", 0});
    store->close();
  }
  REQUIRE(problems.all().size() == 2);
  CHECK_THAT(problems.all()[1], Catch::Contains("1 changes and 1 states are lost"));
  const Snapshot snapshot = open(folder, problems)->take_snapshot();
  CHECK(snapshot.devices.size() == 1);
  CHECK(snapshot.settings.empty());
}

TEST_CASE("a good copy that finds no room is said, and the older one stays") {
  TemporaryFolder folder;
  Problems problems;
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutSetting{"a", kLarge}).ok());
  }
  const std::string good = content(folder.good_copy());
  {
    auto store = open(folder, problems);
    CHECK(write(*store, PutSetting{"b", "v"}).ok());  // the thread has looked at the good copy before
    const FileSizeLimit limit(kLimit);
    store->close();
  }
  REQUIRE(problems.all().size() == 1);
  CHECK_THAT(problems.all()[0], Catch::Contains("no good copy"));
  CHECK(content(folder.good_copy()) == good);
  CHECK(folder.names("hearth.db.good").size() == 1);  // the unfinished one gave its space back
  CHECK(open(folder, problems)->take_snapshot().settings.size() == 2);
}

}  // namespace
}  // namespace hearth::store::test
