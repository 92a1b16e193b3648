// Starting, listening, and reading of /proc.
#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point after(Seconds patience) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(patience);
}

std::string content(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The number behind `key` in a text of "key: number" lines.
std::uint64_t number_of(const std::string& text, const std::string& key) {
  const auto at = text.find(key);
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + key.size()));
}

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

}  // namespace

Child::Child(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  output_ = pipe[0];
  fcntl(output_, F_SETFL, O_NONBLOCK);
  if (failed != 0) throw std::runtime_error("cannot start " + arguments.front());
}

Child::~Child() {
  close(output_);
  if (has_ended()) return;
  kill(pid_, SIGTERM);
  const auto deadline = after(Seconds(5));
  while (!has_ended() && Clock::now() < deadline) std::this_thread::yield();
  if (ended_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Child::has_ended() {
  if (!ended_) ended_ = waitpid(pid_, nullptr, WNOHANG) == pid_;
  return ended_;
}

void Child::observe(Seconds time) {
  const auto until = after(time);
  pollfd wanted{output_, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0 || ::poll(&wanted, 1, static_cast<int>(left)) == 0) return;
    if (!read_more(until)) throw std::runtime_error("it ended:\n" + said_);
  }
}

// False at the end of the output.
bool Child::read_more(Clock::time_point deadline) {
  pollfd wanted{output_, POLLIN, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (left <= 0 || ::poll(&wanted, 1, static_cast<int>(left)) == 0)
    throw std::runtime_error("waited in vain:\n" + said_);
  std::array<char, 4096> bytes;
  const auto n = read(output_, bytes.data(), bytes.size());
  if (n > 0) said_.append(bytes.data(), static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EAGAIN);
}

std::string Child::wait_for(const std::string& text, Seconds patience) {
  const auto deadline = after(patience);
  while (true) {
    const auto at = said_.find(text);
    const auto end = at == std::string::npos ? at : said_.find('\n', at);
    if (end != std::string::npos) return said_.substr(at + text.size(), end - at - text.size());
    if (!read_more(deadline)) throw std::runtime_error("it ended without '" + text + "':\n" + said_);
  }
}

const std::string& Child::finish(Seconds patience) {
  const auto deadline = after(patience);
  while (read_more(deadline)) {
  }
  return said_;
}

std::uint64_t Child::cpu_ticks() const {
  const auto stat = content(proc(pid_, "stat"));
  std::istringstream fields(
      stat.substr(stat.rfind(')') + 2));  // behind the name, which may hold anything: field 3 on
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return user + system;
}

Seconds Child::cpu() const {
  std::uint64_t ns = 0;
  for (const auto& thread : std::filesystem::directory_iterator(proc(pid_, "task")))
    if (const auto text = content(thread.path() / "schedstat"); !text.empty()) ns += std::stoull(text);
  return std::chrono::nanoseconds(ns);
}

std::vector<pid_t> Child::family() const {
  std::vector<pid_t> all{pid_};
  for (const auto& thread : std::filesystem::directory_iterator(proc(pid_, "task"))) {
    std::istringstream children(content(thread.path() / "children"));
    for (pid_t child = 0; children >> child;) all.push_back(child);
  }
  return all;
}

double Child::pss_mb() const {
  std::uint64_t kb = 0;
  for (const auto pid : family()) kb += number_of(content(proc(pid, "smaps_rollup")), "\nPss:");
  return static_cast<double>(kb) / 1024;
}

double Child::rss_kib() const {
  return static_cast<double>(number_of(content(proc(pid_, "smaps_rollup")), "\nRss:"));
}

std::uint64_t Child::bytes_written() const {
  std::uint64_t bytes = 0;
  for (const auto pid : family()) bytes += number_of(content(proc(pid, "io")), "\nwrite_bytes:");
  return bytes;
}

}  // namespace hearth::bench
