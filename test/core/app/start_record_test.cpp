// A crash loop is seen, whatever else isn't one; a damaged record counts as empty.
#include "core/app/start_record.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using hearth::core::current_boot_id;
using hearth::core::StartRecord;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
const std::string kBoot = "4a7dc0de-0000-4000-8000-00000000beef";

// A folder with a record in it, and a clock that is turned by hand.
struct House {
  House() {
    auto name = (std::filesystem::temp_directory_path() / "hearth-starts-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    folder = name;
    file = folder / "starts";
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;
  ~House() { std::filesystem::remove_all(folder); }

  // Each is a server of its own.
  StartRecord record(const std::string& boot = kBoot) {
    return {file, boot, [this] { return now; }};
  }
  // A start after `later_s`; it ends badly unless the test clears the record. Is it one of a crash loop?
  bool start(std::int64_t later_s = 1, const std::string& boot = kBoot) {
    now += later_s * kSecond;
    const auto loop = record(boot).begin();
    REQUIRE(loop.ok());
    return *loop;
  }
  void write(const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
  std::string read() {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  std::filesystem::path folder, file;
  std::int64_t now = 1000 * kSecond;
};

// What three bad starts just now leave behind, with `more` behind it.
std::string three(const House& house, const std::string& boot = kBoot) {
  const auto line = std::to_string(house.now) + "\n";
  return boot + "\n" + line + line + line;
}

}  // namespace

TEST_CASE("the fourth start after three bad ones is a crash loop, and so is each that follows") {
  House house;
  CHECK_FALSE(house.start());
  CHECK_FALSE(house.start());
  CHECK_FALSE(house.start());
  CHECK(house.start());
  CHECK(house.start());
}

TEST_CASE("an orderly stop between bad starts begins anew") {
  House house;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(house.start());
  CHECK(house.record().clear().ok());
  for (int i = 0; i < 3; ++i) CHECK_FALSE(house.start());
  CHECK(house.start());
}

TEST_CASE("three bad starts count within five minutes only") {
  House house;
  CHECK_FALSE(house.start());
  CHECK_FALSE(house.start(150));
  CHECK_FALSE(house.start(149));
  SECTION("just within") { CHECK(house.start(1)); }
  SECTION("just past") {
    CHECK_FALSE(house.start(2));
    CHECK(house.start(1));  // and with this one it is three again
  }
}

TEST_CASE("starts of another boot don't count: a power cut is no crash loop") {
  House house;
  for (int i = 0; i < 3; ++i) house.start();
  CHECK_FALSE(house.start(1, "4a7dc0de-0000-4000-8000-00000000cafe"));
  CHECK_FALSE(house.start());
}

TEST_CASE("without a boot id nothing is a loop and nothing is written") {
  House house;
  for (int i = 0; i < 5; ++i) CHECK_FALSE(house.start(1, ""));
  CHECK_FALSE(std::filesystem::exists(house.file));
}

TEST_CASE("a thousand bad starts leave a small record") {
  House house;
  for (int i = 0; i < 1000; ++i) house.start(0);
  CHECK(std::filesystem::file_size(house.file) < 1024);
  CHECK(house.start());
}

TEST_CASE("a damaged record counts as empty and is replaced") {
  House house;
  const auto good = three(house);
  house.write(good);
  REQUIRE(house.start(0));
  const auto damaged =
      GENERATE_COPY(std::string(), std::string("\n"), std::string(1 << 20, '1'), good.substr(1), good + "x\n",
                    good + "-1\n", good + "1", good + "\n", good + std::string(1, '\0'),
                    good + "99999999999999999999\n", good + " 1\n",
                    good + "9999999999999\n",  // later than now
                    good + std::string(4096, '\n'), kBoot, kBoot + "1\n2\n3\n", "\xff\xfe" + good);
  house.write(damaged);
  CHECK_FALSE(house.start(0));
  CHECK(house.read() == kBoot + "\n" + std::to_string(house.now) + "\n");
}

TEST_CASE("what isn't a regular file is not read, nor waited for") {
  House house;
  const auto elsewhere = house.folder / "elsewhere";
  std::ofstream(elsewhere) << three(house);
  SECTION("a FIFO") { REQUIRE(mkfifo(house.file.c_str(), 0600) == 0); }
  SECTION("a link, even to a good one") { std::filesystem::create_symlink(elsewhere, house.file); }
  SECTION("a link to itself") { std::filesystem::create_symlink(house.file, house.file); }
  CHECK_FALSE(house.start());
  CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(house.file)));
  CHECK(std::filesystem::exists(elsewhere));
}

TEST_CASE("a record that can't be written says so in words") {
  House house;
  SECTION("a folder in its place") { std::filesystem::create_directories(house.file / "x"); }
  SECTION("a folder in the place of the new one") {
    std::filesystem::create_directories(house.folder / "starts.new" / "x");
  }
  SECTION("no folder for it") { house.file = house.folder / "nowhere" / "starts"; }
  const auto loop = house.record().begin();
  REQUIRE_FALSE(loop.ok());
  CHECK(loop.error().words.find("starts") != std::string::npos);
}

TEST_CASE("what an interrupted write left behind is in nobody's way") {
  House house;
  std::filesystem::create_symlink(house.folder / "victim", house.folder / "starts.new");
  CHECK_FALSE(house.start());
  CHECK_FALSE(std::filesystem::exists(house.folder / "victim"));
  CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(house.folder / "starts.new")));
}

TEST_CASE("clearing what isn't there is no failure") {
  House house;
  CHECK(house.record().clear().ok());
  CHECK(house.record().clear().ok());
}

TEST_CASE("killed at any time, the record is the old one or the new one") {
  House house;
  for (int i = 0; i < 20; ++i) {
    const auto child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (;;) (void)house.record().begin();
    }
    // Any moment after the first whole record will do.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!std::filesystem::exists(house.file) && std::chrono::steady_clock::now() < until) sched_yield();
    kill(child, SIGKILL);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    CHECK(house.read().starts_with(kBoot + "\n" + std::to_string(house.now) + "\n"));
    CHECK(house.read().back() == '\n');
    std::filesystem::remove(house.file);
  }
}

TEST_CASE("the kernel's boot id is the same each time") {
  CHECK(current_boot_id().size() == 36);
  CHECK(current_boot_id() == current_boot_id());
}
