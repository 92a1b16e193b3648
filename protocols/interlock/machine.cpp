// posix_spawn, and a descriptor that tells when the process has ended.
#include "machine.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/words.hpp"

namespace hearth::interlock {

namespace {

int open_process(pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); }

// In the sandbox of a process of its own neither this nor a new process is allowed.
bool may_start_programs() { return static_cast<bool>(net::Fd(open_process(::getpid()))); }

// What a new program is to find: no blocked or ignored signals, a session of its own, nobody's descriptors.
class Surroundings {
 public:
  Surroundings() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&files_);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  ~Surroundings() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  // An errno, or 0.
  int spawn(pid_t& process, const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    return ::posix_spawnp(&process, arguments.front(), &files_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

}  // namespace

Status Machine::order(std::string_view verb, std::chrono::milliseconds delay) {
  const bool restart = protocols::same_word(verb, "restart");
  if (!restart && !protocols::same_word(verb, "shutdown"))
    return {ErrorCode::kInvalid, "unknown command for the device: shutdown and restart are known"};
  const std::string_view word = restart ? "restart" : "shutdown";
  const auto& command = restart ? commands_.restart : commands_.shutdown;
  if (command.empty())
    return {ErrorCode::kDenied, concat(word, " is not allowed: the setting ", word, "_command is empty")};
  if (process_) return {ErrorCode::kBusy, "an earlier command is still running"};
  if (!may_start_programs())
    return {ErrorCode::kDenied,
            concat(word, " is not possible: in a process of its own the plugin may start no program")};
  waiting_ = loop_.after(delay, [this, &command] { run(command); });
  log_.info(word, " by order of the Interlock server, in ", delay.count(), " ms");
  return {};
}

void Machine::run(const std::vector<std::string>& command) {
  pid_t process = -1;
  if (const int error = Surroundings().spawn(process, command); error != 0)
    return log_.error(command.front(), " can't be started: ", std::strerror(error));
  watch(process);
}

// Nothing waits for a process that can't be watched; it stays a zombie until this process ends.
void Machine::watch(int process) {
  process_ = net::Fd(open_process(process));
  if (!process_) return log_.warning("a command runs unwatched: ", std::strerror(errno));
  auto watch =
      loop_.watch(process_.get(), HEARTH_READABLE, [this, process](std::uint32_t) { ended(process); });
  if (watch.ok()) {
    watch_ = *std::move(watch);
  } else {
    process_.reset();
    log_.warning("a command runs unwatched: ", watch.error().words);
  }
}

void Machine::ended(int process) {
  int how = 0;
  const auto found = ::waitpid(process, &how, WNOHANG);
  if (found == 0) return;
  watch_.reset();
  process_.reset();
  if (found != process) return log_.warning("how the command has ended isn't known");
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0) return log_.info("the command has ended well");
  log_.error("the command has failed: ", WIFEXITED(how) ? "exit status " : "signal ",
             WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
}

}  // namespace hearth::interlock
