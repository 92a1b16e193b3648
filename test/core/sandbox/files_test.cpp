// What of the file system a plugin sees and changes.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "test/core/sandbox/child.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string listed(const char* path) {
  DIR* folder = opendir(path);
  if (folder == nullptr) return strerrorname_np(errno);
  closedir(folder);
  return "ok";
}

// Makes, changes, moves about and removes files and folders below `folder`.
std::string kept_house(const std::string& folder) {
  const std::string first = folder + "/a", second = folder + "/deep/b";
  if (!write_file(first, "one two")) return "write";
  if (mkdir((folder + "/deep").c_str(), 0700) != 0) return "mkdir";
  if (rename(first.c_str(), second.c_str()) != 0) return outcome(-1) + " of rename";
  const int fd = open(second.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0 || ftruncate(fd, 3) != 0 || fchmod(fd, 0600) != 0 || futimens(fd, nullptr) != 0)
    return "by descriptor";
  close(fd);
  if (text_of(second) != "one") return "read";
  if (!write_file(second, "new")) return "write again";
  if (listed(folder.c_str()) != "ok") return "list";
  if (unlink(second.c_str()) != 0) return "unlink";
  if (rmdir((folder + "/deep").c_str()) != 0) return "rmdir";
  return "ok";
}

}  // namespace

TEST_CASE("a plugin makes, changes, moves and removes what it likes in its own folder") {
  const Place place;
  CHECK(sandboxed(place.plan(), [&] { return kept_house(place.path("state")); }) == "ok");
}

TEST_CASE("a granted folder is the plugin's to change") {
  if (landlock_missing()) return;
  const Place place;
  CHECK(sandboxed(place.plan(), [&] { return kept_house(place.path("other")); }) == "write");
  Permissions permissions;
  permissions.files = {place.path("other")};
  CHECK(sandboxed(place.plan(permissions), [&] { return kept_house(place.path("other")); }) == "ok");
}

TEST_CASE("a single file can be granted without its neighbours") {
  if (landlock_missing()) return;
  const Place place;
  REQUIRE(write_file(place.path("other/more.txt"), "more"));
  Permissions permissions;
  permissions.files = {place.path("other/secret.txt")};
  CHECK(sandboxed(place.plan(permissions), [&] {
          return opened(place.path("other/secret.txt"), O_RDWR | O_TRUNC) + " " +
                 opened(place.path("other/more.txt"), O_RDONLY);
        }) == "ok EACCES");
}

TEST_CASE("what lies elsewhere is neither read, written, listed, made nor removed") {
  if (landlock_missing()) return;
  const Place place;
  const std::string secret = place.path("other/secret.txt");
  CHECK(sandboxed(place.plan(), [&] { return opened(secret, O_RDONLY); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return opened(secret, O_WRONLY); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return opened(secret + "2", O_WRONLY | O_CREAT); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return outcome(unlink(secret.c_str())); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return outcome(mkdir(place.path("new").c_str(), 0700)); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] {
          return outcome(rename(secret.c_str(), place.path("state/x").c_str()));
        }) == "EACCES");
  CHECK(sandboxed(place.plan(),
                  [&] { return outcome(link(secret.c_str(), place.path("state/x").c_str())); }) != "ok");
  CHECK(sandboxed(place.plan(), [&] { return outcome(rmdir(place.path("state").c_str())); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return listed(place.path("other").c_str()); }) == "EACCES");
  for (const char* path :
       {"/etc/passwd", "/etc/shadow", "/etc/ssl/private", "/dev/zero", "/proc/1/environ"}) {
    INFO(path);
    CHECK(sandboxed(place.plan(), [&] { return opened(path, O_RDONLY); }) != "ok");
  }
  CHECK(text_of(secret) == "secret");
}

TEST_CASE("a way around by the working folder, /proc/self or a name with .. leads nowhere") {
  if (landlock_missing()) return;
  const Place place;
  CHECK(sandboxed(place.plan(), [&] {
          return opened(place.path("state/../other/secret.txt"), O_RDONLY) + " " +
                 opened("/proc/self/root" + place.path("other/secret.txt"), O_RDONLY) + " " +
                 (chdir(place.path("other").c_str()) == 0 ? opened("secret.txt", O_RDONLY) : "EACCES");
        }) == "EACCES EACCES EACCES");
}

TEST_CASE("a link that lies in a plugin's folder leads no further than the plugin may go") {
  if (landlock_missing()) return;
  const Place place;
  std::filesystem::create_symlink(place.path("other/secret.txt"), place.path("state/link"));
  CHECK(sandboxed(place.plan(), [&] { return opened(place.path("state/link"), O_RDONLY); }) == "EACCES");
}

TEST_CASE("a plugin plants no links, pipes, sockets or devices") {
  if (landlock_missing()) return;
  const Place place;
  const std::string path = place.path("state/x");
  CHECK(sandboxed(place.plan(), [&] { return outcome(symlink("/etc/passwd", path.c_str())); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] { return outcome(mkfifo(path.c_str(), 0600)); }) == "EACCES");
  for (const mode_t kind : {S_IFSOCK, S_IFCHR, S_IFBLK})
    CHECK(sandboxed(place.plan(), [&] { return outcome(mknod(path.c_str(), kind | 0600, 0x103)); }) != "ok");
}

// Landlock judges none of these, or not on every kernel.
TEST_CASE("a path's mode, owner, times, attributes and length are out of reach, wherever it lies") {
  const Place place;
  const std::string file = place.path("other/secret.txt");
  const char* path = file.c_str();
  const std::array<timespec, 2> times{};
  const auto denied = [&](const std::function<long()>& call) {
    return sandboxed(place.plan(), [&] { return outcome(call()); });
  };
  CHECK(denied([&] { return truncate(path, 0); }) == "EPERM");
  CHECK(denied([&] { return chmod(path, 0); }) == "EPERM");
  CHECK(denied([&] { return fchmodat(AT_FDCWD, path, 0, 0); }) == "EPERM");
  CHECK(denied([&] { return chown(path, getuid(), getgid()); }) == "EPERM");
  CHECK(denied([&] { return lchown(path, getuid(), getgid()); }) == "EPERM");
  CHECK(denied([&] { return utimensat(AT_FDCWD, path, times.data(), 0); }) == "EPERM");
  CHECK(denied([&] { return setxattr(path, "user.a", "b", 1, 0); }) == "EPERM");
  CHECK(denied([&] { return removexattr(path, "user.a"); }) == "EPERM");
  CHECK(text_of(file) == "secret");
}

TEST_CASE("opening for neither reading nor writing truncates nothing") {
  const Place place;
  for (const std::string& file : {place.path("other/secret.txt"), place.path("plugin.so")}) {
    const auto size = std::filesystem::file_size(file);
    CHECK(sandboxed(place.plan(), [&] { return opened(file, O_ACCMODE | O_TRUNC); }) == "EACCES");
    CHECK(sandboxed(place.plan(), [&] { return opened(file, O_RDONLY | O_TRUNC); }) == "EACCES");
    CHECK(std::filesystem::file_size(file) == size);
  }
}

TEST_CASE("the plugin's library and those of the system are opened, but never written") {
  const Place place;
  CHECK(sandboxed(place.plan(), [&]() -> std::string {
          void* library = dlopen(place.path("plugin.so").c_str(), RTLD_NOW);
          if (library == nullptr) return dlerror();
          const auto answer = reinterpret_cast<int (*)()>(dlsym(library, "sandboxed_answer"));
          return answer != nullptr && answer() == 42 ? "ok" : "no answer";
        }) == "ok");
  // One that nothing here links.
  CHECK(sandboxed(place.plan(), []() -> std::string {
          return dlopen("libanl.so.1", RTLD_NOW) != nullptr ? "ok" : dlerror();
        }) == "ok");
  if (landlock_missing()) return;
  CHECK(sandboxed(place.plan(), [&] { return opened(place.path("plugin.so"), O_WRONLY); }) == "EACCES");
}

TEST_CASE("what libraries open on their own is there") {
  const Place place;
  for (const char* path :
       {"/dev/urandom", "/proc/self/maps", "/proc/self/status", "/usr/share/zoneinfo/UTC"}) {
    INFO(path);
    if (access(path, R_OK) == 0)
      CHECK(sandboxed(place.plan(), [&] { return opened(path, O_RDONLY); }) == "ok");
  }
  CHECK(sandboxed(place.plan(), [] { return opened("/dev/null", O_RDWR); }) == "ok");
  if (landlock_missing()) return;
  CHECK(sandboxed(place.plan(), [] { return opened("/proc/self/oom_score_adj", O_WRONLY); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [] { return opened("/etc/hosts", O_RDONLY); }) == "EACCES");
}

TEST_CASE("gpio shows /dev and opens its chips, nothing else of it") {
  if (landlock_missing()) return;
  const Place place;
  Permissions permissions;
  permissions.gpio = true;
  CHECK(sandboxed(place.plan(), [] { return listed("/dev"); }) == "EACCES");
  CHECK(sandboxed(place.plan(permissions), [] { return listed("/dev"); }) == "ok");
  CHECK(sandboxed(place.plan(permissions), [] { return opened("/dev/zero", O_RDWR); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [] { return listed("/sys/devices"); }) == "EACCES");
  CHECK(sandboxed(place.plan(permissions), [] { return listed("/sys/devices"); }) == "ok");
  if (access("/dev/gpiochip0", R_OK | W_OK) != 0) {
    WARN("this machine has no GPIO, so opening a chip is not tested");
    return;
  }
  CHECK(sandboxed(place.plan(), [] { return opened("/dev/gpiochip0", O_RDWR); }) == "EACCES");
  CHECK(sandboxed(place.plan(permissions), [] { return opened("/dev/gpiochip0", O_RDWR); }) == "ok");
}

TEST_CASE("without its folder or its library nothing is entered") {
  const Place place;
  SandboxPlan plan = place.plan();
  plan.state_dir = place.path("nowhere");
  CHECK(sandboxed(plan, [] { return "in"; }) ==
        "not entered: " + plan.state_dir + ": No such file or directory");
  plan = place.plan();
  plan.library = place.path("nowhere.so");
  CHECK(sandboxed(plan, [] { return "in"; }) ==
        "not entered: " + plan.library + ": No such file or directory");
  plan = place.plan();
  std::swap(plan.library, plan.state_dir);
  CHECK(sandboxed(plan, [] { return "in"; }).starts_with("not entered: "));
}

TEST_CASE("a granted folder that isn't there is told") {
  if (landlock_missing()) return;
  const Place place;
  Permissions permissions;
  permissions.files = {place.path("nowhere")};
  CHECK(in_child([&] {
          const auto entered = enter_sandbox(place.plan(permissions));
          return entered && entered->size() == 1 ? entered->front() : "no note";
        }) == "files:" + place.path("nowhere") + ": not granted, No such file or directory");
}
