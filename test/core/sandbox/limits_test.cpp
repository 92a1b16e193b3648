// Limits of memory, descriptors and core files.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <latch>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "test/core/sandbox/child.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

constexpr std::uint64_t kMegabyte = 1'024 * 1'024;

rlimit limit_of(int resource) {
  rlimit limit{};
  getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  return limit;
}

}  // namespace

TEST_CASE("no core file and 1,024 descriptors, and nothing raises a limit again") {
  const Place place;
  CHECK(sandboxed(place.plan(), [] {
          return std::to_string(limit_of(RLIMIT_CORE).rlim_max) + " " +
                 std::to_string(limit_of(RLIMIT_NOFILE).rlim_cur);
        }) == "0 1024");
  const rlimit same = limit_of(RLIMIT_CPU);
  const pid_t parent = getpid();
  CHECK(sandboxed(place.plan(), [&] { return outcome(setrlimit(RLIMIT_CPU, &same)); }) == "EPERM");
  CHECK(sandboxed(place.plan(), [&] { return outcome(syscall(SYS_setrlimit, RLIMIT_CPU, &same)); }) ==
        "EPERM");
  CHECK(sandboxed(place.plan(), [&] {
          rlimit theirs{};
          return outcome(prlimit(parent, RLIMIT_CPU, nullptr, &theirs));
        }) == "EPERM");
}

TEST_CASE("root keeps its way to other users' files, and with net to low ports, and no other capability") {
  const Place place;
  const auto capabilities = [] {
    std::ifstream file("/proc/self/status");
    std::string word;
    while (file >> word && word != "CapEff:") continue;
    file >> word;
    return word;
  };
  const bool root = geteuid() == 0;
  CHECK(sandboxed(place.plan(), capabilities) == (root ? "0000000000000002" : "0000000000000000"));
  CHECK(sandboxed(place.plan(Permissions::everything()), capabilities) ==
        (root ? "0000000000000402" : "0000000000000000"));
}

TEST_CASE("a limit that was lower already stays") {
  const Place place;
  CHECK(in_child([&]() -> std::string {
          const rlimit low{64, 64};
          if (setrlimit(RLIMIT_NOFILE, &low) != 0 || !enter_sandbox(place.plan())) return "not entered";
          return std::to_string(limit_of(RLIMIT_NOFILE).rlim_max);
        }) == "64");
}

TEST_CASE("a plugin that allocates without end gets bad_alloc at its limit") {
  if (kSanitized) return;  // their own memory would count
  const Place place;
  SandboxPlan plan = place.plan();
  plan.memory_bytes = 64 * kMegabyte;
  CHECK(sandboxed(plan, []() -> std::string {
          std::vector<std::unique_ptr<char[]>> hoard;
          try {
            while (hoard.size() < 1'024) hoard.push_back(std::make_unique<char[]>(kMegabyte));
          } catch (const std::bad_alloc&) {
            const bool near = hoard.size() > 48 && hoard.size() <= 64;
            hoard.clear();
            return near ? "ok" : "too early or too late";
          }
          return "no limit";
        }) == "ok");
}

TEST_CASE("32 threads fit into the usual limit of memory") {
  if (kSanitized) return;
  const Place place;
  SandboxPlan plan = place.plan();
  plan.memory_bytes = 128 * kMegabyte;
  CHECK(sandboxed(plan, []() -> std::string {
          std::latch all(33);
          std::vector<std::thread> threads;
          threads.reserve(32);
          for (int i = 0; i < 32; ++i) threads.emplace_back([&] { all.arrive_and_wait(); });
          all.arrive_and_wait();
          for (auto& thread : threads) thread.join();
          return "ok";
        }) == "ok");
}

TEST_CASE("the server sees how large a sandboxed process is") {
  const Place place;
  int ask[2], told[2];
  REQUIRE(pipe(ask) == 0);
  REQUIRE(pipe(told) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    char letter = enter_sandbox(place.plan()) ? 'y' : 'n';
    close(ask[1]);
    if (write(told[1], &letter, 1) != 1) _exit(1);
    _exit(read(ask[0], &letter, 1) == 0 ? 0 : 1);  // until the other end is closed
  }
  close(told[1]);
  char letter = 0;
  CHECK(read(told[0], &letter, 1) == 1);
  CHECK(letter == 'y');
  std::string line;
  std::ifstream file("/proc/" + std::to_string(child) + "/smaps_rollup");
  bool seen = false;
  while (std::getline(file, line)) seen = seen || line.starts_with("Pss:");
  CHECK(seen);
  for (const int fd : {ask[0], ask[1], told[0]}) close(fd);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
