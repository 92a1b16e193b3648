// A BPF program written by hand: libseccomp's library and heap are 200 KB more PSS in each plugin's process.
#include "core/sandbox/syscall_filter.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace hearth::core {
namespace {

#if defined(__x86_64__) && !defined(__ILP32__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kFirstForeign = 0x4000'0000;  // x32's numbers
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kFirstForeign = UINT32_MAX;
#else
constexpr std::uint32_t kArchitecture = 0;
constexpr std::uint32_t kFirstForeign = UINT32_MAX;
#endif

// set_mempolicy_home_node, the last of Linux 6.1. The same number everywhere.
constexpr std::uint32_t kNewestCall = 450;

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t refused(int error) {
  return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
}

constexpr std::uint32_t kIoPriorityOfProcess = 1;  // IOPRIO_WHO_PROCESS of <linux/ioprio.h>
constexpr std::uint32_t kSocketTypeMask = 0xf;     // the rest is SOCK_CLOEXEC and SOCK_NONBLOCK

// A straight line of tests, each of which may end it; only on() jumps.
class Program {
 public:
  void load(std::uint32_t offset) { code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
  void load_number() { load(offsetof(seccomp_data, nr)); }
  // The lower half of an argument: all the kernel reads of an int.
  void load_argument(unsigned index) {
    static_assert(std::endian::native == std::endian::little);
    load(static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * index));
  }
  void load_upper_half(unsigned index) {
    load(static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * index + 4));
  }
  void keep(std::uint32_t bits) { code_.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits)); }

  void answer(std::uint32_t action) { code_.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
  void if_equal(std::uint32_t value, std::uint32_t action) { test(BPF_JEQ, value, 0, 1, action); }
  void unless_equal(std::uint32_t value, std::uint32_t action) { test(BPF_JEQ, value, 1, 0, action); }
  void if_at_least(std::uint32_t value, std::uint32_t action) { test(BPF_JGE, value, 0, 1, action); }
  void unless_null(unsigned index, std::uint32_t action) {
    load_upper_half(index);
    unless_equal(0, action);
    load_argument(index);
    unless_equal(0, action);
  }

  void refuse(long number, int error = EPERM) {
    if_equal(static_cast<std::uint32_t>(number), refused(error));
  }
  // `body` runs for this call alone, ends with answer(), and may load other things than the number.
  template <class Body>
  void on(long number, Body body) {
    const std::size_t at = code_.size();
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 0));
    body();
    code_[at].jf = static_cast<std::uint8_t>(code_.size() - at - 1);
  }

  std::vector<sock_filter> take() { return std::move(code_); }

 private:
  void test(std::uint16_t how, std::uint32_t value, std::uint8_t yes, std::uint8_t no, std::uint32_t action) {
    code_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | how | BPF_K), value, yes, no));
    answer(action);
  }

  std::vector<sock_filter> code_;
};

void foreign_calls(Program& program) {
  program.load(offsetof(seccomp_data, arch));
  program.unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
  program.load_number();
  program.if_at_least(kFirstForeign, SECCOMP_RET_KILL_PROCESS);
  program.if_at_least(kNewestCall + 1, refused(ENOSYS));
}

void sockets(Program& program, bool net) {
  program.on(SYS_socket, [&] {
    program.load_argument(0);
    program.if_equal(AF_INET, net ? kAllow : refused(EACCES));
    program.if_equal(AF_INET6, net ? kAllow : refused(EACCES));
    // AF_UNIX too: Landlock doesn't judge a connection to the server's control socket, or to any other.
    program.unless_equal(AF_NETLINK, refused(EAFNOSUPPORT));
    if (net) {
      program.load_argument(2);
      program.if_equal(NETLINK_ROUTE, kAllow);
    }
    program.answer(refused(EAFNOSUPPORT));
  });
  // A datagram socket of a pair could still send to any path; the others are bound to each other for good.
  program.on(SYS_socketpair, [&] {
    program.load_argument(0);
    program.unless_equal(AF_UNIX, refused(EAFNOSUPPORT));
    program.load_argument(1);
    program.keep(kSocketTypeMask);
    program.if_equal(SOCK_STREAM, kAllow);
    program.if_equal(SOCK_SEQPACKET, kAllow);
    program.answer(refused(EPERM));
  });
}

// Nobody but this process is signalled, watched, slowed down or read.
void other_processes(Program& program, std::uint32_t self) {
  const auto to_self = [&](long number, bool zero_is_self) {
    program.on(number, [&, zero_is_self] {
      program.load_argument(0);
      if (zero_is_self) program.if_equal(0, kAllow);
      program.if_equal(self, kAllow);
      program.answer(refused(EPERM));
    });
  };
  // kill(0) is the whole process group.
  for (const long number : {SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo})
    to_self(number, false);
  for (const long number : {SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr,
                            SYS_sched_setaffinity, SYS_get_robust_list})
    to_self(number, true);
  const auto priority = [&](long number, std::uint32_t process) {
    program.on(number, [&, process] {
      program.load_argument(0);
      program.unless_equal(process, refused(EPERM));
      program.load_argument(1);
      program.if_equal(0, kAllow);
      program.if_equal(self, kAllow);
      program.answer(refused(EPERM));
    });
  };
  priority(SYS_setpriority, PRIO_PROCESS);
  priority(SYS_ioprio_set, kIoPriorityOfProcess);
  for (const long number :
       {SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_process_mrelease,
        SYS_kcmp, SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_move_pages, SYS_migrate_pages})
    program.refuse(number);

  // Whoever "owns" a descriptor gets its signals, any signal, from the kernel.
  program.on(SYS_fcntl, [&] {
    program.load_argument(1);
    program.if_equal(F_SETOWN, refused(EPERM));
    program.if_equal(F_SETOWN_EX, refused(EPERM));
    program.answer(kAllow);
  });
  program.on(SYS_ioctl, [&] {
    program.load_argument(1);
    // The last three are the terminal's: typing into the owner's shell.
    for (const std::uint32_t request : {FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX, TIOCSCTTY})
      program.if_equal(request, refused(EPERM));
    program.answer(kAllow);
  });
  // It must end with the server, and the server must be able to see how large it is.
  program.on(SYS_prctl, [&] {
    program.load_argument(0);
    program.if_equal(PR_SET_PDEATHSIG, refused(EPERM));
    program.if_equal(PR_SET_DUMPABLE, refused(EPERM));
    program.answer(kAllow);
  });
}

// One process for ever, of one program, with threads.
void new_processes(Program& program) {
  constexpr std::uint32_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  program.on(SYS_clone, [&] {
    program.load_argument(0);
    program.keep(CLONE_THREAD | CLONE_PTRACE | kNamespaces);
    program.if_equal(CLONE_THREAD, kAllow);
    program.answer(refused(EPERM));
  });
  program.refuse(SYS_clone3, ENOSYS);  // its flags lie in memory, out of a filter's sight
  for (const long number : {SYS_execve, SYS_execveat, SYS_unshare, SYS_setns}) program.refuse(number);
#if defined(__x86_64__)
  program.refuse(SYS_fork);
  program.refuse(SYS_vfork);
#endif
}

// What Landlock leaves open: it judges neither modes, owners, times nor attributes of a path, and truncation
// only since version 3, which Debian 12 hasn't. Each can be had by descriptor (fchmod, ftruncate, futimens).
void paths(Program& program) {
  for (const long number : {SYS_truncate, SYS_fchmodat, SYS_fchownat, SYS_setxattr, SYS_lsetxattr,
                            SYS_removexattr, SYS_lremovexattr})
    program.refuse(number);
  program.on(SYS_utimensat, [&] {
    program.unless_null(1, refused(EPERM));
    program.answer(kAllow);
  });
  // Access mode 3 opens for neither reading nor writing, so Landlock has nothing to judge; and it truncates.
  const auto open_call = [&](long number, unsigned flags) {
    program.on(number, [&, flags] {
      program.load_argument(flags);
      program.keep(O_ACCMODE);
      program.if_equal(O_ACCMODE, refused(EACCES));
      program.load_argument(flags);
      program.keep(O_ACCMODE | O_TRUNC);
      program.if_equal(O_RDONLY | O_TRUNC, refused(EACCES));
      program.answer(kAllow);
    });
  };
  open_call(SYS_openat, 2);
  program.refuse(SYS_openat2, ENOSYS);
#if defined(__x86_64__)
  open_call(SYS_open, 1);
  for (const long number : {SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat})
    program.refuse(number);
#endif
}

void limits(Program& program, std::uint32_t self) {
  program.refuse(SYS_setrlimit);
  program.on(SYS_prlimit64, [&] {
    program.unless_null(2, refused(EPERM));  // a new limit
    program.load_argument(0);
    program.if_equal(0, kAllow);
    program.if_equal(self, kAllow);
    program.answer(refused(EPERM));
  });
  // Memory that outlives the process, or that neither RLIMIT_DATA nor PSS counts.
  for (const long number :
       {SYS_memfd_create, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semop, SYS_semtimedop,
        SYS_semctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_mq_open, SYS_mq_unlink})
    program.refuse(number);
#if defined(SYS_memfd_secret)
  program.refuse(SYS_memfd_secret);
#endif
}

// What only administrators need, should the server run as one.
constexpr long kAdministration[] = {
    SYS_setuid,     SYS_setgid,        SYS_setreuid,     SYS_setregid,        SYS_setresuid,
    SYS_setresgid,  SYS_setfsuid,      SYS_setfsgid,     SYS_setgroups,       SYS_capset,
    SYS_mount,      SYS_umount2,       SYS_pivot_root,   SYS_chroot,          SYS_open_tree,
    SYS_move_mount, SYS_fsopen,        SYS_fsconfig,     SYS_fsmount,         SYS_fspick,
    SYS_quotactl,   SYS_mount_setattr, SYS_quotactl_fd,  SYS_init_module,     SYS_finit_module,
    SYS_swapon,     SYS_delete_module, SYS_kexec_load,   SYS_kexec_file_load, SYS_reboot,
    SYS_swapoff,    SYS_acct,          SYS_syslog,       SYS_vhangup,         SYS_sethostname,
    SYS_adjtimex,   SYS_setdomainname, SYS_settimeofday, SYS_clock_settime,   SYS_clock_adjtime};

// Ways into the kernel, each more than once, and around Landlock.
constexpr long kSharpTools[] = {SYS_bpf,
                                SYS_perf_event_open,
                                SYS_io_uring_setup,
                                SYS_io_uring_enter,
                                SYS_io_uring_register,
                                SYS_userfaultfd,
                                SYS_keyctl,
                                SYS_add_key,
                                SYS_request_key,
                                SYS_fanotify_init,
                                SYS_lookup_dcookie,
                                SYS_personality,
                                SYS_name_to_handle_at,
                                SYS_open_by_handle_at};

void privileges(Program& program) {
  for (const long number : kAdministration) program.refuse(number);
  for (const long number : kSharpTools) program.refuse(number);
#if defined(__x86_64__)
  for (const long number : {SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib}) program.refuse(number);
#endif
}

}  // namespace

std::vector<sock_filter> syscall_filter(bool net, pid_t self) {
  if (kArchitecture == 0) return {};
  Program program;
  const auto number = static_cast<std::uint32_t>(self);
  foreign_calls(program);
  sockets(program, net);
  other_processes(program, number);
  new_processes(program);
  paths(program);
  limits(program, number);
  privileges(program);
  program.answer(kAllow);
  return program.take();
}

bool seccomp_available() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Status restrict_syscalls(std::vector<sock_filter> filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  // TSYNC: should a library have started a thread already, it is held to it too.
  const long outcome = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  if (outcome == 0) return {};
  return {ErrorCode::kFailed, outcome > 0 ? std::string("seccomp: a thread has a filter of its own")
                                          : std::string("seccomp: ") + std::strerror(errno)};
}

}  // namespace hearth::core
