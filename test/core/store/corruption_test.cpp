// A corrupt hearth.db is kept aside and the last good copy takes its place, whatever is wrong with it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "core/store/store.hpp"
#include "test/core/store/fixture.hpp"

namespace hearth::store::test {
namespace {

namespace fs = std::filesystem;

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
  return bytes;
}

// Fifty devices, orderly closed: hearth.db and an equal good copy.
void make_store(const TemporaryFolder& folder) {
  Problems problems;
  auto store = open(folder, problems);
  Answers answers;
  for (int i = 1; i <= 50; ++i) store->write(PutDevice{device(i)}, into(answers));
  REQUIRE(answers.wait_for(50).size() == 50);
}

void check_recovered_from_good_copy(const TemporaryFolder& folder, const std::string& bad) {
  Problems problems;
  {
    auto store = open(folder, problems);
    CHECK(store->take_snapshot().devices.size() == 50);
    const std::vector<std::string> aside = folder.names("hearth.db.corrupt-");
    REQUIRE(aside.size() == 1);
    CHECK(content(folder.path() / aside[0]) == bad);
    REQUIRE(problems.all().size() == 1);
    CHECK_THAT(problems.all()[0], Catch::Contains("is corrupt") && Catch::Contains("kept as " + aside[0]) &&
                                      Catch::Contains("starting from the last good copy"));
    CHECK(write(*store, PutSetting{"k", "v"}).ok());
  }
  CHECK(fs::exists(folder.good_copy()));
  Problems later;
  CHECK(open(folder, later)->take_snapshot().settings.size() == 1);
  CHECK(later.all().empty());
}

TEST_CASE("a truncated database is replaced by the good copy") {
  TemporaryFolder folder;
  make_store(folder);
  const std::string whole = content(folder.database());
  for (const std::size_t size :
       {whole.size() - 4096, whole.size() / 2, std::size_t{4096}, std::size_t{100}}) {
    DYNAMIC_SECTION("to " << size << " bytes") {
      const std::string bad = whole.substr(0, size);
      overwrite(folder.database(), bad);
      check_recovered_from_good_copy(folder, bad);
    }
  }
}

TEST_CASE("random bytes in place of the database are replaced by the good copy") {
  TemporaryFolder folder;
  make_store(folder);
  const std::string bad = noise(10'000, 1);
  overwrite(folder.database(), bad);
  check_recovered_from_good_copy(folder, bad);
}

TEST_CASE("random bytes in the middle of the database are replaced by the good copy") {
  TemporaryFolder folder;
  make_store(folder);
  std::string bad = content(folder.database());
  bad.replace(4096, 4096, noise(4096, 2));
  overwrite(folder.database(), bad);
  check_recovered_from_good_copy(folder, bad);
}

TEST_CASE("an empty database file is replaced by the good copy") {
  TemporaryFolder folder;
  make_store(folder);
  overwrite(folder.database(), "");
  check_recovered_from_good_copy(folder, "");
}

TEST_CASE("a missing database file is replaced by the good copy") {
  TemporaryFolder folder;
  Problems problems;
  make_store(folder);
  fs::remove(folder.database());
  CHECK(open(folder, problems)->take_snapshot().devices.size() == 50);
  REQUIRE(problems.all().size() == 1);
  CHECK_THAT(problems.all()[0], Catch::Contains("missing or empty"));
}

TEST_CASE("a corrupt database without a good copy starts empty and is kept") {
  TemporaryFolder folder;
  Problems problems;
  overwrite(folder.database(), noise(10'000, 3));
  CHECK(open(folder, problems)->take_snapshot().devices.empty());
  CHECK(folder.names("hearth.db.corrupt-").size() == 1);
  REQUIRE(problems.all().size() == 1);
  CHECK_THAT(problems.all()[0], Catch::Contains("starting empty"));
}

TEST_CASE("a corrupt good copy is set aside too, and the store starts empty") {
  TemporaryFolder folder;
  Problems problems;
  make_store(folder);
  overwrite(folder.database(), noise(10'000, 4));
  overwrite(folder.good_copy(), noise(10'000, 5));
  auto store = open(folder, problems);
  CHECK(store->take_snapshot().devices.empty());
  CHECK(folder.names("hearth.db.corrupt-").size() == 2);
  CHECK(problems.all().size() == 2);
}

TEST_CASE("a corrupt good copy beside a whole database is made anew") {
  TemporaryFolder folder;
  Problems problems;
  make_store(folder);
  overwrite(folder.good_copy(), noise(10'000, 6));
  auto store = open(folder, problems);
  CHECK(store->take_snapshot().devices.size() == 50);
  store->close();
  CHECK(store->counters().good_copies == 1);
  CHECK(problems.all().empty());
  fs::remove(folder.database());
  CHECK(open(folder, problems)->take_snapshot().devices.size() == 50);
}

TEST_CASE("an interrupted good copy is in nobody's way") {
  TemporaryFolder folder;
  Problems problems;
  make_store(folder);
  overwrite(folder.path() / "hearth.db.good.new", noise(10'000, 7));
  auto store = open(folder, problems);
  CHECK(write(*store, PutSetting{"k", "v"}).ok());
  store->close();
  CHECK(store->counters().good_copies == 1);
  CHECK_FALSE(fs::exists(folder.path() / "hearth.db.good.new"));
  CHECK(problems.all().empty());
}

TEST_CASE("garbage in place of the write-ahead log leaves the database as it was") {
  TemporaryFolder folder;
  Problems problems;
  make_store(folder);
  overwrite(folder.log(), noise(20'000, 8));
  auto store = open(folder, problems);
  CHECK(store->take_snapshot().devices.size() == 50);
  CHECK(write(*store, PutSetting{"k", "v"}).ok());
  CHECK(problems.all().empty());
}

TEST_CASE("garbage after the write-ahead log's last transaction costs nothing") {
  TemporaryFolder folder;
  Problems problems;
  std::string whole;
  std::string log;
  {
    auto store = open(folder, problems);
    for (int i = 1; i <= 20; ++i) CHECK(write(*store, PutDevice{device(i)}).ok());
    whole = content(folder.database());  // both files as a crash would leave them
    log = content(folder.log());
  }
  overwrite(folder.database(), whole);
  overwrite(folder.log(), log + noise(20'000, 9));
  CHECK(open(folder, problems)->take_snapshot().devices.size() == 20);
  CHECK(problems.all().empty());
}

TEST_CASE("no damage to the file makes the store crash or start without a word") {
  TemporaryFolder folder;
  make_store(folder);
  const std::string whole = content(folder.database());
  const std::string good = content(folder.good_copy());
  std::mt19937 random(10);
  int recovered = 0;
  for (int round = 0; round < 150; ++round) {
    std::string bad = whole;
    // The first page (header and schema) half of the time.
    const std::size_t span = round % 2 == 0 ? 512 : whole.size();
    for (int i = 0; i < 8; ++i) bad[random() % span] = static_cast<char>(random());
    overwrite(folder.database(), bad);
    overwrite(folder.good_copy(), good);
    Problems problems;
    {
      auto store = Store::open(folder.path(), into(problems));
      // A damaged version number looks like a newer server's, that is the only other way.
      if (!store.ok()) CHECK_THAT(store.error().words, Catch::Contains("newer hearthd"));
      if (store.ok()) {
        const std::size_t found = (*store)->take_snapshot().devices.size();
        CHECK((found == 50 || !problems.all().empty()));
      }
    }
    recovered += problems.all().empty() ? 0 : 1;
    for (const std::string& name : folder.names("hearth.db.corrupt-")) fs::remove(folder.path() / name);
    fs::remove(folder.log());
  }
  CHECK(recovered > 50);
}

}  // namespace
}  // namespace hearth::store::test
