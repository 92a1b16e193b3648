// The sandbox that an isolated plugin's process enters before it opens the plugin.
#ifndef HEARTH_CORE_SANDBOX_SANDBOX_HPP
#define HEARTH_CORE_SANDBOX_SANDBOX_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "core/sandbox/permissions.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

struct SandboxPlan {
  Permissions permissions;
  std::string state_dir;           // the plugin's own folder; must be there
  std::string library;             // the plugin's file; must be there
  std::uint64_t memory_bytes = 0;  // RLIMIT_DATA: heap, stacks of threads, other private memory; 0: no limit
};

// [one thread: before the process has a second one] Cannot be undone, and holds for threads started later.
// After a failure the process may be half-way in: end it. Before, do what it takes away
// (prctl(PR_SET_PDEATHSIG), memfd_create), and close what the plugin shouldn't have: open descriptors stay.
//
// The value: a sentence for each thing that this kernel can't enforce, or that isn't there to be granted
// ("files: not enforced, this kernel has no Landlock"); usually empty.
//
// From then on, whatever the permissions:
//   - files: read below /usr and a short list of system files; make, change and remove files and folders in
//     state_dir and the granted folders. Mode, owner, times and length are changed by descriptor only
//     (fchmod, ...). Nobody makes links, pipes or sockets. Of /proc only the process's own part is open;
//   - no new process, no new program; threads, and signals to this process, as ever. With a limit of
//     memory a thread's stack is 1 MiB unless it says otherwise, so that 32 of them fit in;
//   - no local sockets but socketpair(2) of streams or packets. So getaddrinfo(3) doesn't find names that a
//     daemon on this machine looks up, such as ".local" ones;
//   - limits can't be changed: no core file, 1,024 descriptors. Root keeps two of its rights: to files of
//     any user among those above, and with `net` to ports below 1024;
//   - /etc/hosts and the like are those found now: a folder or chip that appears later needs a new start.
Result<std::vector<std::string>> enter_sandbox(const SandboxPlan& plan);

}  // namespace hearth::core

#endif
