// Children by fork, heard through a pipe. They leave by _exit: the leak sanitizer at the usual end needs
// ptrace.
#include "test/core/sandbox/child.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <exception>
#include <fstream>

#include "core/sandbox/landlock.hpp"

namespace hearth::core::test {

Place::Place() {
  std::string name = (std::filesystem::temp_directory_path() / "hearth-sandbox-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  root_ = name;
  std::filesystem::create_directory(root_ / "state");
  std::filesystem::create_directory(root_ / "other");
  REQUIRE(write_file(path("other/secret.txt"), "secret"));
  std::filesystem::copy_file(SANDBOXED_LIBRARY, root_ / "plugin.so");
}

SandboxPlan Place::plan(Permissions permissions) const {
  SandboxPlan plan;
  plan.permissions = std::move(permissions);
  plan.state_dir = path("state");
  plan.library = path("plugin.so");
  return plan;
}

std::string in_child(const std::function<std::string()>& attempt) {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Catch2's handlers would report the signals that are meant to end a child.
    for (const int number : {SIGABRT, SIGSEGV, SIGTERM}) signal(number, SIG_DFL);
    close(ends[0]);
    alarm(30);
    std::string said;
    try {
      said = attempt();
    } catch (const std::exception& error) {
      said = std::string("threw: ") + error.what();
    }
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char bytes[4096];
  for (ssize_t count = 0; (count = read(ends[0], bytes, sizeof bytes)) > 0;)
    said.append(bytes, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? said : "exit " + std::to_string(WEXITSTATUS(status));
}

std::string sandboxed(const SandboxPlan& plan, const std::function<std::string()>& attempt) {
  return in_child([&] {
    const auto entered = enter_sandbox(plan);
    return entered ? attempt() : "not entered: " + entered.error().words;
  });
}

std::string opened(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  std::string words = outcome(fd);
  if (fd >= 0) close(fd);
  return words;
}

bool write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file.good();
}

bool landlock_missing() {
  const bool missing = landlock_version() == 0;
  if (missing) WARN("this kernel has no Landlock, so rights to files are not tested");
  return missing;
}

}  // namespace hearth::core::test
