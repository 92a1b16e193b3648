// posix_spawn with nothing but two descriptors, pidfd to hear of the end.
#include "core/isolation/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <vector>

#include "core/isolation/frame.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kVitalsSize = 4096;
constexpr int kSocketBuffer = 2 * static_cast<int>(kMaxPacket);

Error failed(const std::string& what) { return {ErrorCode::kFailed, what + ": " + std::strerror(errno)}; }

// Only what a library needs to know of where it runs; no credentials, no socket of the service manager.
std::vector<std::string> environment() {
  std::vector<std::string> kept;
  for (const char* name : {"TZ", "LANG", "LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
                           "TSAN_OPTIONS", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  return kept;
}

Result<int> make_channel(int ends[2]) {
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return failed("no socket pair");
  for (const int end : {ends[0], ends[1]}) {
    setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
    int size = 0;
    socklen_t length = sizeof size;
    // The kernel reserves 32 bytes of it and tells twice what a packet may use (socket(7)).
    if (getsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, &length) != 0 ||
        static_cast<std::size_t>(size) < kMaxPacket + 64) {
      close(ends[0]);
      close(ends[1]);
      return Error{ErrorCode::kFailed, "net.core.wmem_max is too small for a message of 192 KiB"};
    }
  }
  return 0;
}

// Closes what it was given at its end.
struct Descriptors {
  std::vector<int> open;
  ~Descriptors() {
    for (const int fd : open) close(fd);
  }
};

int spawn(const std::filesystem::path& program, const std::string& name, int channel, int vitals,
          pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, channel, kChannelFd);
  posix_spawn_file_actions_adddup2(&actions, vitals, kVitalsFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, kVitalsFd + 1);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);  // a Ctrl-C is the server's
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  auto path = program.string(), argument = name;
  char* arguments[] = {path.data(), argument.data(), nullptr};
  auto variables = environment();
  std::vector<char*> pointers;
  pointers.reserve(variables.size() + 1);
  for (auto& variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  const int error = posix_spawn(pid, path.c_str(), &actions, &attributes, arguments, pointers.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const std::filesystem::path& program, const std::string& name) {
  Descriptors theirs;
  std::unique_ptr<Child> child(new Child);
  const int memory = memfd_create("hearth-vitals", MFD_CLOEXEC);
  if (memory < 0) return failed("no shared memory");
  theirs.open.push_back(memory);
  if (ftruncate(memory, kVitalsSize) != 0) return failed("no shared memory");
  void* shared = mmap(nullptr, kVitalsSize, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (shared == MAP_FAILED) return failed("no shared memory");
  child->vitals_ = new (shared) Vitals;
  int ends[2];
  if (const auto made = make_channel(ends); !made.ok()) return made.error();
  child->channel_fd_ = ends[0];
  theirs.open.push_back(ends[1]);
  // Above the places that they are moved to: dup2 onto itself would leave them closed on exec.
  for (auto& fd : theirs.open) {
    const int higher = fcntl(fd, F_DUPFD_CLOEXEC, kVitalsFd + 1);
    if (higher < 0) return failed("no descriptor");
    close(std::exchange(fd, higher));
  }
  const int error = spawn(program, name, theirs.open[1], theirs.open[0], &child->pid_);
  if (error != 0) {
    child->pid_ = 0;
    return Error{ErrorCode::kFailed, program.string() + ": " + std::strerror(error)};
  }
  child->pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, child->pid_, 0));
  if (child->pid_fd_ < 0) return failed("no descriptor of the process");
  fcntl(child->pid_fd_, F_SETFD, FD_CLOEXEC);
  return child;
}

Child::~Child() {
  if (pid_ != 0 && !reaped_) {
    pid_fd_ >= 0 ? kill() : static_cast<void>(::kill(pid_, SIGKILL));
    waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {pid_fd_, channel_fd_})
    if (fd >= 0) close(fd);
  if (vitals_) munmap(vitals_, kVitalsSize);
}

void Child::kill() const {
  if (!reaped_) syscall(SYS_pidfd_send_signal, pid_fd_, SIGKILL, nullptr, 0);
}

bool Child::reap(std::string* how) {
  cpu_us_at_end_ = cpu_us();
  siginfo_t end{};
  if (reaped_) return true;
  if (waitid(P_PIDFD, static_cast<id_t>(pid_fd_), &end, WEXITED | WNOHANG) != 0) {
    // Somebody else in this process has taken the news, or has told the system that nobody wants it.
    if (errno != ECHILD) return false;
    reaped_ = true;
    *how = "its process has ended, nobody knows how";
    return true;
  }
  if (end.si_pid == 0) return false;
  reaped_ = true;
  how->clear();
  if (end.si_code != CLD_EXITED) {
    const char* signal = sigabbrev_np(end.si_status);
    *how = std::string(end.si_status == SIGKILL ? "it was killed" : "it crashed") + " (SIG" +
           (signal ? signal : std::to_string(end.si_status)) + ")";
  } else if (end.si_status != kOrderlyExit) {
    *how = "it ended its process with status " + std::to_string(end.si_status);
  }
  return true;
}

std::int64_t Child::cpu_us() const {
  clockid_t clock = 0;
  timespec time{};
  if (reaped_ || clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0)
    return cpu_us_at_end_;
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

std::uint64_t memory_of(pid_t pid) {
  const int fd = open(("/proc/" + std::to_string(pid) + "/status").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[4096];
  const auto size = read(fd, text, sizeof text - 1);
  close(fd);
  if (size <= 0) return 0;
  text[size] = '\0';
  std::uint64_t bytes = 0;
  for (const char* key : {"\nRssAnon:", "\nRssShmem:"})
    if (const char* found = std::strstr(text, key))
      bytes += std::strtoull(found + std::strlen(key), nullptr, 10) * 1024;
  return bytes;
}

}  // namespace hearth::core
