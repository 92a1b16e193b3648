// Kernels that lack something: played by a filter that takes it away first.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstddef>

#include "test/core/sandbox/child.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

// From now on this system call says `error`.
bool take_away(long number, int error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// The notes, a line each, of a kernel without that call.
std::string notes_without(long number, int error, const SandboxPlan& plan) {
  return in_child([&]() -> std::string {
    if (!take_away(number, error)) return "no seccomp here";
    const auto entered = enter_sandbox(plan);
    if (!entered) return "not entered: " + entered.error().words;
    std::string lines;
    for (const std::string& note : *entered) lines += note + "\n";
    return lines;
  });
}

}  // namespace

TEST_CASE("a kernel that enforces everything leaves nothing to tell") {
  if (landlock_missing()) return;
  const Place place;
  CHECK(in_child([&]() -> std::string {
          const auto entered = enter_sandbox(place.plan());
          return entered && entered->empty() ? "nothing" : "something";
        }) == "nothing");
}

TEST_CASE("a kernel without Landlock says so, and the rest is enforced") {
  const Place place;
  for (const int error : {ENOSYS, EOPNOTSUPP}) {
    CHECK(notes_without(SYS_landlock_create_ruleset, error, place.plan()) ==
          "files: not enforced, this kernel has no Landlock\n"
          "gpio: not enforced, this kernel has no Landlock\n");
    CHECK(notes_without(SYS_landlock_create_ruleset, error, place.plan(Permissions::everything())) ==
          "files: not enforced, this kernel has no Landlock\n");
  }
  CHECK(in_child([&]() -> std::string {
          if (!take_away(SYS_landlock_create_ruleset, ENOSYS) || !enter_sandbox(place.plan()))
            return "not entered";
          return outcome(syscall(SYS_socket, 2, 1, 0)) + " " + opened("/etc/passwd", 0);
        }) == "EACCES ok");
}

TEST_CASE("a kernel without seccomp says so") {
  const Place place;
  CHECK(notes_without(SYS_seccomp, ENOSYS, place.plan()) ==
        "net: not enforced, this kernel has no seccomp\n"
        "processes and signals: not restricted, this kernel has no seccomp\n");
  CHECK(notes_without(SYS_seccomp, EINVAL, place.plan(Permissions::everything())) ==
        "processes and signals: not restricted, this kernel has no seccomp\n");
}

TEST_CASE("a step that fails is an error, not a note") {
  const Place place;
  CHECK(notes_without(SYS_landlock_restrict_self, EPERM, place.plan()) ==
        "not entered: Landlock: not in force: Operation not permitted");
}
