// This test program once more, as a child that can be killed.
#include "test/core/store/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <vector>

namespace hearth::store::test {
namespace {
constexpr const char* kFolderVariable = "HEARTH_STORE_TEST_FOLDER";
}

Child::Child(const std::string& test_case, const std::filesystem::path& folder) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  pipe_ = ends[0];
  const std::string variable = std::string(kFolderVariable) + "=" + folder.string();
  std::vector<char*> environment{const_cast<char*>(variable.c_str())};
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  environment.push_back(nullptr);
  std::string program = "store_test";
  std::string name = test_case;
  char* arguments[] = {program.data(), name.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  // A dup2 onto itself would keep close-on-exec, so by way of a number that isn't the target.
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 100);
  ::posix_spawn_file_actions_adddup2(&actions, 100, kChildPipe);
  ::posix_spawn_file_actions_addclose(&actions, 100);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const int failed = ::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, arguments, environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  REQUIRE(failed == 0);
}

Child::~Child() {
  kill();
  ::close(pipe_);
}

std::optional<std::string> Child::read_line() {
  for (;;) {
    if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    pollfd readable{pipe_, POLLIN, 0};
    if (::poll(&readable, 1, 10'000) != 1) return std::nullopt;
    char bytes[4096];
    const ssize_t count = ::read(pipe_, bytes, sizeof bytes);
    if (count <= 0) return std::nullopt;
    unread_.append(bytes, static_cast<std::size_t>(count));
  }
}

void Child::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::optional<std::filesystem::path> child_folder() {
  const char* folder = ::getenv(kFolderVariable);
  if (folder == nullptr) return std::nullopt;
  return folder;
}

void tell_parent(const std::string& line) {
  const std::string bytes = line + "\n";
  if (::write(kChildPipe, bytes.data(), bytes.size()) < 0) ::_exit(1);  // the parent is gone
}

}  // namespace hearth::store::test
