// kill -9 at any moment: every acknowledged change is there, and the folder is free for the next server.
#include <catch2/catch.hpp>
#include <random>

#include "core/store/store.hpp"
#include "test/core/store/child.hpp"
#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

using namespace std::chrono_literals;

// Writes for ever, at most 64 unanswered; a line with the number of each change that was acknowledged.
TEST_CASE("child: writes until it is killed", "[.]") {
  const auto folder = child_folder();
  if (!folder) return;
  Options options;
  options.state_interval = 1ms;
  auto store = Store::open(
      *folder, [](const std::string& words) { tell_parent("problem " + words); }, options);
  if (!store) {
    tell_parent("problem " + store.error().words);
    return;
  }
  std::mutex mutex;
  std::condition_variable answered;
  int open = 0;
  const std::int64_t first = (*store)->take_snapshot().next_device;
  for (std::int64_t number = first;; ++number) {
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return open < 64; });
    ++open;
    (*store)->write(PutDevice{device(number)}, [&, number](const Status& status) {
      tell_parent(status.ok() ? std::to_string(number) : "problem " + status.error().words);
      const std::lock_guard inner(mutex);
      --open;
      answered.notify_one();
    });
    (*store)->write_state({number, "on_off", "true", number, "", 0});
  }
}

TEST_CASE("child: holds the store", "[.]") {
  const auto folder = child_folder();
  if (!folder) return;
  const auto store = Store::open(*folder, nullptr);
  tell_parent(store.ok() ? "held" : store.error().words);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable().wait(lock, [] { return false; });
}

TEST_CASE("every acknowledged change survives kill -9") {
  TemporaryFolder folder;
  std::mt19937 random(std::random_device{}());
  std::vector<std::int64_t> acknowledged;
  for (int round = 0; round < 50; ++round) {
    Child child("child: writes until it is killed", folder.path());
    const int lines = 1 + static_cast<int>(random() % 150);
    bool killed = false;
    for (int i = 0;; ++i) {
      if (i == lines) {
        child.kill();
        killed = true;
      }
      const std::optional<std::string> line = child.read_line();  // after the kill: what was in the pipe
      if (!line && killed) break;
      REQUIRE(line);
      if (line->rfind("problem", 0) == 0) FAIL(*line);
      acknowledged.push_back(std::stoll(*line));
    }
    Problems problems;
    const Snapshot snapshot = open(folder, problems)->take_snapshot();
    CHECK(problems.all().empty());
    std::map<std::int64_t, DeviceRow> found;
    for (const DeviceRow& row : snapshot.devices) found.emplace(row.number, row);
    for (const std::int64_t number : acknowledged) {
      REQUIRE(found.count(number) == 1);
      REQUIRE(found.at(number) == device(number));
    }
  }
  CHECK(acknowledged.size() >= 50);
}

TEST_CASE("a folder held by another process is a clear error, and free once that one is killed") {
  TemporaryFolder folder;
  Child child("child: holds the store", folder.path());
  REQUIRE(child.read_line() == "held");
  const auto store = Store::open(folder.path(), nullptr);
  REQUIRE_FALSE(store.ok());
  CHECK(store.error().code == ErrorCode::kBusy);
  CHECK_THAT(store.error().words, Catch::Contains("another process uses this folder"));
  child.kill();
  CHECK(Store::open(folder.path(), nullptr).ok());
}

}  // namespace
}  // namespace hearth::store::test
