// Limits and capabilities, then files (Landlock), then system calls (seccomp): each step still needs what the
// next one takes away.
#include "core/sandbox/sandbox.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/sandbox/landlock.hpp"
#include "core/sandbox/syscall_filter.hpp"

namespace hearth::core {
namespace {

constexpr rlim_t kMaxDescriptors = 1'024;
constexpr std::size_t kThreadStack = 1'024 * 1'024;

// What libraries open on their own.
constexpr const char* kReadable[] = {
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/ssl/openssl.cnf",
    "/dev/urandom",
    "/dev/random",
    "/proc/self",
    "/sys/devices/system/cpu",
};

// Names, services, certificates. Not all of /etc/ssl: keys lie there too.
constexpr const char* kReadableForNet[] = {
    "/etc/ssl/certs", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
};

constexpr const char* kReadableForGpio[] = {"/sys/bus/gpio", "/sys/class/gpio", "/sys/devices"};

Error failed(const std::string& what) { return {ErrorCode::kFailed, what + ": " + std::strerror(errno)}; }

// Down to `most`, never up.
Status limit(int resource, rlim_t most, const char* name) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return failed(name);
  const rlim_t value = std::min(now.rlim_max, most);  // RLIM_INFINITY is the greatest number
  const rlimit wanted{value, value};
  if (setrlimit(resource, &wanted) != 0) return failed(name);
  return {};
}

Status limit_memory(std::uint64_t bytes) {
  // A thread's stack counts in full as soon as it exists, and the usual 8 MiB leave room for 15 of them.
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return {ErrorCode::kFailed, "stack size"};
  pthread_attr_setstacksize(&attributes, kThreadStack);
  const int error = pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
  if (error != 0) return {ErrorCode::kFailed, std::string("stack size: ") + std::strerror(error)};
  return limit(RLIMIT_DATA, bytes, "RLIMIT_DATA");
}

// A name resolver's daemon replaces its file by another one, for which a rule about the file wouldn't hold.
std::string resolver_folder() {
  char* found = realpath("/etc/resolv.conf", nullptr);
  if (found == nullptr) return {};
  const std::string path = found;
  free(found);
  const std::string folder = path.substr(0, path.rfind('/'));
  return folder.starts_with("/run/") ? folder : std::string();
}

// Only these of /dev: where the server runs as root, the others are its disks.
std::vector<std::string> gpio_chips() {
  std::vector<std::string> chips;
  DIR* folder = opendir("/dev");
  if (folder == nullptr) return chips;
  while (const dirent* entry = readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("gpiochip") || name.starts_with("gpiomem"))
      chips.push_back("/dev/" + std::string(name));
  }
  closedir(folder);
  return chips;
}

std::vector<FileRule> file_rules(const SandboxPlan& plan) {
  std::vector<FileRule> rules;
  for (const char* path : kReadable) rules.push_back({path, FileUse::kRead});
  rules.push_back({"/dev/null", FileUse::kDevice});
  rules.push_back({plan.library, FileUse::kRead});
  rules.push_back({plan.state_dir, FileUse::kOwn});
  for (const std::string& path : plan.permissions.files) rules.push_back({path, FileUse::kGranted});
  if (plan.permissions.net) {
    for (const char* path : kReadableForNet) rules.push_back({path, FileUse::kRead});
    if (std::string folder = resolver_folder(); !folder.empty())
      rules.push_back({std::move(folder), FileUse::kRead});
  }
  if (plan.permissions.gpio) {
    rules.push_back({"/dev", FileUse::kList});
    for (std::string& path : gpio_chips()) rules.push_back({std::move(path), FileUse::kDevice});
    for (const char* path : kReadableForGpio) rules.push_back({path, FileUse::kRead});
  }
  return rules;
}

Status check(const SandboxPlan& plan) {
  struct stat status {};
  if (stat(plan.state_dir.c_str(), &status) != 0) return failed(plan.state_dir);
  if (!S_ISDIR(status.st_mode)) return {ErrorCode::kFailed, plan.state_dir + " is no folder"};
  if (stat(plan.library.c_str(), &status) != 0) return failed(plan.library);
  if (!S_ISREG(status.st_mode)) return {ErrorCode::kFailed, plan.library + " is no file"};
  return {};
}

Status set_limits(const SandboxPlan& plan) {
  if (Status done = limit(RLIMIT_CORE, 0, "RLIMIT_CORE"); !done) return done;
  if (Status done = limit(RLIMIT_NOFILE, kMaxDescriptors, "RLIMIT_NOFILE"); !done) return done;
  if (plan.memory_bytes == 0) return {};
  return limit_memory(plan.memory_bytes);
}

// Should the server run as root, its plugin only looks like it: it can reach files of other users, where
// Landlock lets it, and open a port below 1024.
Status drop_capabilities(bool net) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, sets) != 0) return failed("capabilities");
  const std::uint32_t kept = 1u << CAP_DAC_OVERRIDE | (net ? 1u << CAP_NET_BIND_SERVICE : 0u);
  sets[0] = {sets[0].effective & kept, sets[0].permitted & kept, 0};
  sets[1] = {};
  if (syscall(SYS_capset, &header, sets) != 0) return failed("capabilities");
  return {};
}

}  // namespace

Result<std::vector<std::string>> enter_sandbox(const SandboxPlan& plan) {
  if (const Status fit = check(plan); !fit) return fit.error();
  if (Status done = set_limits(plan); !done) return done.error();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no new privileges");
  if (Status done = drop_capabilities(plan.permissions.net); !done) return done.error();

  std::vector<std::string> notes;
  if (landlock_version() > 0) {
    for (const std::string& path : plan.permissions.files)
      if (access(path.c_str(), F_OK) != 0)
        notes.push_back("files:" + path + ": not granted, " + std::strerror(errno));
    // The rule holds for the inode that /proc/self is now, and the kernel makes another one when memory was
    // short: so it is held open, for good.
    (void)open("/proc/self", O_PATH | O_CLOEXEC);
    if (Status done = restrict_files(file_rules(plan)); !done) return done.error();
  } else {
    notes.emplace_back("files: not enforced, this kernel has no Landlock");
    if (!plan.permissions.gpio) notes.emplace_back("gpio: not enforced, this kernel has no Landlock");
  }

  std::vector<sock_filter> filter = syscall_filter(plan.permissions.net, getpid());
  if (!filter.empty() && seccomp_available()) {
    if (Status done = restrict_syscalls(std::move(filter)); !done) return done.error();
  } else {
    if (!plan.permissions.net) notes.emplace_back("net: not enforced, this kernel has no seccomp");
    notes.emplace_back("processes and signals: not restricted, this kernel has no seccomp");
  }
  return notes;
}

}  // namespace hearth::core
