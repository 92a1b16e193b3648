// The system calls that an isolated plugin may not make, as a seccomp filter (seccomp(2)).
#ifndef HEARTH_CORE_SANDBOX_SYSCALL_FILTER_HPP
#define HEARTH_CORE_SANDBOX_SYSCALL_FILTER_HPP

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

// For the process `self`, which can't change its number because it can't fork. Empty on a machine that is
// neither x86_64 nor arm64. What a call gets that is refused:
//   ENOSYS         it is newer than Linux 6.1, or its older sister is judged instead: libraries fall back
//   EACCES         an internet socket without `net`: the plugin's log then says "permission denied"
//   EAFNOSUPPORT   a socket of any other family: libraries then do without, as on a kernel built without it
//   EPERM          everything else
// A call of another architecture (i386, x32) ends the process.
std::vector<sock_filter> syscall_filter(bool net, pid_t self);

// Whether this kernel takes such filters.
bool seccomp_available();

// [one thread] In force from now on, in all threads. Without the no-new-privileges bit it fails.
Status restrict_syscalls(std::vector<sock_filter> filter);

}  // namespace hearth::core

#endif
