// Files that come, change and go in real folders, and what is told of them.
#include "core/host/folder_watch.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "test/bad_plugins/hearthd_run.hpp"

namespace fs = std::filesystem;

using hearth::core::EventLoop;
using hearth::core::FolderWatch;
using hearth::core::Log;
using hearth::core::LogOptions;

namespace {

LogOptions quiet() {
  LogOptions options;
  options.fd = -1;
  return options;
}

void write(const fs::path& file, const std::string& content = "content") {
  std::ofstream(file, std::ios::binary) << content;
}

// A watch on a loop and a thread of its own.
class Watched {
 public:
  Watched() {
    fs::create_directory(plugins);
    fs::create_directory(last_.parent_path());
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Watched() {
    loop_.quit();
    thread_.join();
    watch_.reset();
  }

  void start(std::vector<fs::path> folders) {
    folders.push_back(last_.parent_path());
    on_loop([&] {
      watch_ = std::make_unique<FolderWatch>(loop_, log, folders, [this](const fs::path& file) {
        const std::lock_guard lock(mutex_);
        told_.push_back(file);
        news_.notify_all();
      });
    });
  }
  void start() { start({plugins}); }

  void on_loop(const std::function<void()>& act) {
    std::promise<void> done;
    loop_.post([&] {
      act();
      done.set_value();
    });
    REQUIRE(done.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  }

  void wait(const fs::path& file) {
    std::unique_lock lock(mutex_);
    INFO(file);
    REQUIRE(news_.wait_for(lock, std::chrono::seconds(20), [&] { return count_of(file) > 0; }));
  }
  // What was told until everything that has happened so far was; then that is forgotten.
  std::vector<fs::path> told() {
    write(last_);
    wait(last_);
    const std::lock_guard lock(mutex_);
    std::erase(told_, last_);
    return std::exchange(told_, {});
  }

  const hearth::test::TemporaryFolder folder;
  const fs::path plugins = folder.path() / "plugins";
  Log log{quiet()};

 private:
  const fs::path last_ = folder.path() / "zz" / "last.so";  // of what is told at once, by its name
  std::ptrdiff_t count_of(const fs::path& file) const { return std::count(told_.begin(), told_.end(), file); }

  EventLoop loop_;
  std::unique_ptr<FolderWatch> watch_;
  std::thread thread_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable news_;
  std::vector<fs::path> told_;
};

using Files = std::vector<fs::path>;

}  // namespace

TEST_CASE_METHOD(Watched, "a file is told once, when it is closed after writing") {
  start();
  const auto file = plugins / "a.so";
  std::ofstream out(file);
  out << "half";
  out.flush();
  CHECK(told().empty());
  out << "whole";
  out.close();
  CHECK(told() == Files{file});
}

TEST_CASE_METHOD(Watched, "what is there from the beginning is no news") {
  write(plugins / "a.so");
  start();
  CHECK(told().empty());
}

TEST_CASE_METHOD(Watched, "many changes within a moment are one") {
  start();
  const auto file = plugins / "a.so";
  for (int i = 0; i < 100; ++i) {
    write(file, std::to_string(i));
    fs::permissions(file, i % 2 == 0 ? fs::perms::owner_all : fs::perms::owner_read);
    if (i % 10 == 0) fs::remove(file);
  }
  CHECK(told() == Files{file});
}

TEST_CASE_METHOD(Watched, "a file that another is renamed over is one change, as packagers do it") {
  const auto file = plugins / "a.so";
  write(file);
  start();
  write(plugins / "a.so.dpkg-new", "new");
  fs::create_hard_link(file, plugins / "a.so.dpkg-tmp");
  fs::rename(plugins / "a.so.dpkg-new", file);
  fs::remove(plugins / "a.so.dpkg-tmp");
  CHECK(told() == Files{file});
}

TEST_CASE_METHOD(Watched, "removed files are told, and renamed ones under both names, the old one first") {
  write(plugins / "a.so");
  write(plugins / "b.so");
  start();
  fs::remove(plugins / "a.so");
  CHECK(told() == Files{plugins / "a.so"});
  fs::rename(plugins / "b.so", plugins / "a.so");
  CHECK(told() == Files{plugins / "b.so", plugins / "a.so"});
  fs::rename(plugins / "a.so", folder.path() / "elsewhere");
  CHECK(told() == Files{plugins / "a.so"});
}

TEST_CASE_METHOD(Watched, "links, folders and FIFOs are told when they appear") {
  write(folder.path() / "elsewhere");
  start();
  fs::create_directory(plugins / "folder.so");
  REQUIRE(mkfifo((plugins / "fifo.so").c_str(), 0600) == 0);
  fs::create_symlink("nowhere", plugins / "dangling.so");
  fs::create_hard_link(folder.path() / "elsewhere", plugins / "hard.so");
  CHECK(told() ==
        Files{plugins / "dangling.so", plugins / "fifo.so", plugins / "folder.so", plugins / "hard.so"});
  fs::remove(plugins / "folder.so");
  CHECK(told() == Files{plugins / "folder.so"});
}

TEST_CASE_METHOD(Watched, "changed rights are told") {
  write(plugins / "a.so");
  start();
  fs::permissions(plugins / "a.so", fs::perms::none);
  CHECK(told() == Files{plugins / "a.so"});
}

TEST_CASE_METHOD(Watched, "files of other names are not told") {
  start();
  for (const auto* name : {"a.txt", "so", ".so", "a.so.1", "a.so~", "a.SO"}) write(plugins / name);
  CHECK(told().empty());
}

TEST_CASE_METHOD(Watched, "a folder that isn't there yet is watched as soon as it is") {
  const auto deep = folder.path() / "some" / "where" / "deep";
  start({plugins, deep});
  fs::create_directories(deep);
  write(deep / "a.so");
  CHECK(told() == Files{deep / "a.so"});
  write(deep / "a.so", "changed");
  CHECK(told() == Files{deep / "a.so"});
}

TEST_CASE_METHOD(Watched, "a folder that is moved into place is told with all that is in it") {
  const auto other = folder.path() / "other", ready = folder.path() / "ready";
  start({plugins, other});
  fs::create_directory(ready);
  write(ready / "a.so");
  write(ready / "b.so");
  fs::rename(ready, other);
  CHECK(told() == Files{other / "a.so", other / "b.so"});
}

TEST_CASE_METHOD(Watched, "a folder that is removed and made again is watched again") {
  const auto other = folder.path() / "other";
  fs::create_directory(other);
  write(other / "a.so");
  start({plugins, other});
  for (int i = 0; i < 3; ++i) {
    fs::remove_all(other);
    CHECK(told() == Files{other / "a.so"});
    fs::create_directory(other);
    write(other / "a.so");
    CHECK(told() == Files{other / "a.so"});
  }
}

TEST_CASE_METHOD(Watched, "that somebody has the removed folder open changes nothing") {
  const auto other = folder.path() / "other";
  fs::create_directory(other);
  write(other / "a.so");
  start({plugins, other});
  const int held = open(other.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(held >= 0);
  fs::remove_all(other);
  fs::create_directory(other);
  CHECK(told() == Files{other / "a.so"});
  write(other / "b.so");
  CHECK(told() == Files{other / "b.so"});
  close(held);
}

TEST_CASE_METHOD(Watched, "another folder in its place: what is gone is told, and what is new") {
  const auto other = folder.path() / "way" / "other";
  fs::create_directories(other);
  write(other / "a.so");
  start({plugins, other});
  fs::rename(folder.path() / "way", folder.path() / "away");
  fs::create_directories(other);
  write(other / "b.so");
  CHECK(told() == Files{other / "a.so", other / "b.so"});
  write(folder.path() / "away" / "other" / "a.so");
  CHECK(told().empty());
}

TEST_CASE_METHOD(Watched, "a link to a folder is watched, and where it leads may change") {
  const auto one = folder.path() / "one", two = folder.path() / "two", link = folder.path() / "link";
  fs::create_directory(one);
  fs::create_directory(two);
  write(two / "b.so");
  fs::create_directory_symlink(one, link);
  start({plugins, link});
  write(one / "a.so");
  CHECK(told() == Files{link / "a.so"});
  fs::remove(link);
  fs::create_directory_symlink(two, link);
  CHECK(told() == Files{link / "a.so", link / "b.so"});
}

TEST_CASE_METHOD(Watched, "a watched folder may lie in another one") {
  const auto inner = plugins / "inner";
  fs::create_directory(inner);
  start({plugins, inner});
  write(plugins / "a.so");
  write(inner / "b.so");
  CHECK(told() == Files{plugins / "a.so", inner / "b.so"});
  fs::remove_all(inner);
  CHECK(told() == Files{inner / "b.so"});
}

TEST_CASE_METHOD(Watched, "when too much happens at once, everything is looked at") {
  std::size_t most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  if (most == 0 || most > 200'000) return;  // would take too long
  write(plugins / "gone.so");
  write(plugins / "stays.so");
  start();
  on_loop([&] {  // which can't read meanwhile
    for (std::size_t i = 0; i <= most / 2; ++i) {
      const auto name = plugins / (i % 2 == 0 ? "x" : "y");
      close(open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      unlink(name.c_str());
    }
    fs::remove(plugins / "gone.so");
    write(plugins / "new.so");
  });
  wait(plugins / "gone.so");
  wait(plugins / "new.so");
  wait(plugins / "stays.so");
}

TEST_CASE_METHOD(Watched, "without inotify the log says so, and nothing is told") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  on_loop([&] {
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  });
  start();
  setrlimit(RLIMIT_NOFILE, &before);
  const auto entries = log.latest(10);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].text.find("plugin folders are not watched") == 0);
  write(plugins / "a.so");
  on_loop([] {});
}
