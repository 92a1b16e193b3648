// Other processes, new ones, and the kernel's sharper tools.
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <thread>
#include <vector>

#include "test/core/sandbox/child.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

std::string denied(const std::function<long()>& call) {
  const Place place;
  return sandboxed(place.plan(Permissions::everything()), [&] { return outcome(call()); });
}

}  // namespace

TEST_CASE("nobody else is signalled, neither directly nor by a descriptor's owner") {
  const pid_t parent = getpid();
  CHECK(denied([&] { return kill(parent, 0); }) == "EPERM");
  CHECK(denied([] { return kill(0, 0); }) == "EPERM");
  CHECK(denied([] { return kill(-1, 0); }) == "EPERM");
  CHECK(denied([&] { return kill(-parent, 0); }) == "EPERM");
  CHECK(denied([&] { return syscall(SYS_tkill, parent, 0); }) == "EPERM");
  CHECK(denied([&] { return syscall(SYS_tgkill, parent, parent, 0); }) == "EPERM");
  CHECK(denied([&] { return sigqueue(parent, 0, {}); }) == "EPERM");
  CHECK(denied([&] { return syscall(SYS_pidfd_open, parent, 0); }) == "EPERM");
  CHECK(denied([&] {
          int ends[2];
          return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, parent) : 0;
        }) == "EPERM");
  CHECK(denied([&] {
          int ends[2];
          return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 ? ioctl(ends[0], FIOSETOWN, &parent) : 0;
        }) == "EPERM");
  CHECK(denied([] { return ioctl(0, TIOCSTI, "x"); }) == "EPERM");
}

TEST_CASE("a plugin signals itself, and abort() ends it as usual") {
  const Place place;
  CHECK(denied([] { return kill(getpid(), 0); }) == "ok");
  CHECK(denied([] { return -pthread_kill(pthread_self(), 0); }) == "ok");
  CHECK(sandboxed(place.plan(), []() -> std::string { std::abort(); }) == "signal 6");
  CHECK(sandboxed(place.plan(), []() -> std::string {
          raise(SIGTERM);
          return "alive";
        }) == "signal 15");
}

TEST_CASE("nobody else's memory is read, nor is another process slowed down") {
  const pid_t parent = getpid();
  const Place place;
  CHECK(sandboxed(place.plan(),
                  [&] { return opened("/proc/" + std::to_string(parent) + "/mem", O_RDONLY); }) == "EACCES");
  CHECK(sandboxed(place.plan(), [&] {
          return opened("/proc/" + std::to_string(parent) + "/environ", O_RDONLY);
        }) == "EACCES");
  CHECK(denied([&] { return ptrace(PTRACE_ATTACH, parent, 0, 0); }) == "EPERM");
  CHECK(denied([] { return ptrace(PTRACE_TRACEME, 0, 0, 0); }) == "EPERM");
  char byte = 0;
  const iovec here{&byte, 1};
  CHECK(denied([&] { return process_vm_readv(parent, &here, 1, &here, 1, 0); }) == "EPERM");
  CHECK(denied([&] { return process_vm_writev(parent, &here, 1, &here, 1, 0); }) == "EPERM");
  CHECK(denied([&] { return setpriority(PRIO_PROCESS, static_cast<id_t>(parent), 19); }) == "EPERM");
  CHECK(denied([] { return setpriority(PRIO_USER, 0, 19); }) == "EPERM");
  CHECK(denied([] { return setpriority(PRIO_PROCESS, 0, 19); }) == "ok");
  cpu_set_t cpus;
  REQUIRE(sched_getaffinity(0, sizeof cpus, &cpus) == 0);
  CHECK(denied([&] { return sched_setaffinity(parent, sizeof cpus, &cpus); }) == "EPERM");
  CHECK(denied([&] { return sched_setaffinity(0, sizeof cpus, &cpus); }) == "ok");
}

TEST_CASE("there is no other process and no other program") {
  const Place place;
  char* const arguments[] = {nullptr};
  CHECK(denied([] { return fork(); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }) == "EPERM");
  CHECK(denied([] {
          return syscall(SYS_clone, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWNET, 0, 0, 0, 0);
        }) == "EPERM");
  clone_args clone3{};
  CHECK(denied([&] { return syscall(SYS_clone3, &clone3, sizeof clone3); }) == "ENOSYS");
  CHECK(denied([&] { return execve("/bin/true", arguments, arguments); }) == "EPERM");
  CHECK(denied([&] { return syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, arguments, 0); }) ==
        "EPERM");
  CHECK(sandboxed(place.plan(), [&]() -> std::string {
          pid_t pid = 0;
          return posix_spawn(&pid, "/bin/true", nullptr, nullptr, arguments, environ) == 0 ? "started"
                                                                                           : "refused";
        }) == "refused");
  CHECK(sandboxed(place.plan(), []() -> std::string {
          return std::system("true") == 0 ? "started" : "refused";  // NOLINT(cert-env33-c)
        }) == "refused");
}

TEST_CASE("threads start and end as ever, and are held to the same rules") {
  const Place place;
  CHECK(sandboxed(place.plan(), [] {
          std::string said;
          std::thread([&] { said = outcome(socket(AF_INET, SOCK_STREAM, 0)); }).join();
          return said;
        }) == "EACCES");
}

TEST_CASE("what only an administrator or an attacker needs is refused, to root too") {
  CHECK(denied([] { return syscall(SYS_setuid, getuid()); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_unshare, CLONE_NEWUSER); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_setns, 0, 0); }) == "EPERM");
  CHECK(denied([] { return chroot("/"); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_mount, "a", "/tmp", "tmpfs", 0, nullptr); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_fsopen, "tmpfs", 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_bpf, 0, nullptr, 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_io_uring_setup, 1, nullptr); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_userfaultfd, 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_init_module, nullptr, 0, ""); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_reboot, 0, 0, 0, nullptr); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_open_by_handle_at, 0, nullptr, 0); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_personality, 0xffff'ffff); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0); }) == "EPERM");
}

TEST_CASE("memory that no limit counts is refused") {
  CHECK(denied([] { return memfd_create("a", 0); }) == "EPERM");
  CHECK(denied([] { return shmget(IPC_PRIVATE, 4096, 0600); }) == "EPERM");
  CHECK(denied([] { return semget(IPC_PRIVATE, 1, 0600); }) == "EPERM");
  CHECK(denied([] { return syscall(SYS_mq_open, "/a", O_CREAT, 0600, nullptr); }) == "EPERM");
}

TEST_CASE("a plugin can neither outlive its server nor hide how large it is") {
  CHECK(denied([] { return prctl(PR_SET_PDEATHSIG, 0); }) == "EPERM");
  CHECK(denied([] { return prctl(PR_SET_DUMPABLE, 0); }) == "EPERM");
  CHECK(denied([] { return prctl(PR_SET_NAME, "plugin"); }) == "ok");
}

TEST_CASE("a call that is newer than the filter isn't there") {
  CHECK(denied([] { return syscall(451, 0, 0, 0, 0); }) == "ENOSYS");
  CHECK(denied([] { return syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0); }) == "ENOSYS");
}

#if defined(__x86_64__)
TEST_CASE("a call of another architecture ends the process") {
  const Place place;
  CHECK(sandboxed(place.plan(), [] { return outcome(syscall(0x4000'0000 | SYS_getpid)); }) == "signal 31");
  CHECK(sandboxed(place.plan(), [] {
          long result = 20;  // getpid, as i386 numbers it
          asm volatile("int $0x80" : "+a"(result) : : "memory");
          return outcome(result);
        }) == "signal 31");
}
#endif
