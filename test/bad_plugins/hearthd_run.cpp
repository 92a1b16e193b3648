// posix_spawn, a pipe for stdout, a file for stderr, and a pidfd to wait with a deadline.
#include "test/bad_plugins/hearthd_run.hpp"

#include <Poco/JSON/Parser.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

extern char** environ;

namespace hearth::test {

namespace {

using Clock = std::chrono::steady_clock;

int left_ms(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

// Reads until `whole(text)`; throws at the deadline or at the end.
template <class Whole>
std::string read_until(int fd, Clock::time_point until, Whole whole) {
  std::string text;
  while (!whole(text)) {
    pollfd waiting{fd, POLLIN, 0};
    if (poll(&waiting, 1, left_ms(until)) <= 0)
      throw std::runtime_error("nothing came in time, only: " + text);
    std::array<char, 4096> buffer;
    const auto n = read(fd, buffer.data(), buffer.size());
    if (n <= 0) throw std::runtime_error("it ended, having said: " + text);
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return text;
}

struct Closer {
  int fd;
  ~Closer() { close(fd); }
};

}  // namespace

TemporaryFolder::TemporaryFolder() {
  auto name = (std::filesystem::temp_directory_path() / "hearth-test-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

HearthdRun::HearthdRun() { std::filesystem::create_directory(plugins()); }

HearthdRun::~HearthdRun() {
  if (!is_running()) return;
  kill(pid_, SIGKILL);
  exited_within(std::chrono::seconds(10));
}

void HearthdRun::start(const std::string& program, const std::string& configuration,
                       std::chrono::milliseconds within,
                       const std::map<std::string, std::string>& environment) {
  const auto until = Clock::now() + within;
  std::ofstream(folder() / "hearth.toml") << configuration;
  std::vector<std::string> arguments{program,          "--config",         folder() / "hearth.toml",
                                     "--state-dir",    folder() / "state", "--runtime-dir",
                                     folder() / "run", "--plugin-dir",     plugins()};
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<std::string> variables;
  for (char** each = environ; *each; ++each) variables.emplace_back(*each);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (auto& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  std::array<int, 2> out{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const Closer reading{out[0]};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder() / "log").c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  if (failed != 0) throw std::runtime_error(program + ": " + std::strerror(failed));
  try {
    read_until(out[0], until, [](const std::string& text) {
      const auto begin = text.find("hearthd ready in ");
      return begin != std::string::npos && text.find(" ms\n", begin) != std::string::npos;
    });
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(std::string("not ready: ") + e.what() + "\n" + log());
  }
}

bool HearthdRun::exited_within(std::chrono::milliseconds time) {
  if (status_ || pid_ < 0) return true;
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (fd < 0) throw std::runtime_error("no pidfd");
  const Closer closer{fd};
  pollfd waiting{fd, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(time.count())) <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) throw std::runtime_error("not our child");
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return true;
}

bool HearthdRun::is_running() { return !exited_within(std::chrono::milliseconds(0)); }

std::optional<int> HearthdRun::terminate(std::chrono::milliseconds within) {
  if (is_running()) kill(pid_, SIGTERM);
  exited_within(within);
  return status_;
}

Poco::Dynamic::Var HearthdRun::call(const std::string& method, const std::string& params) {
  const auto until = Clock::now() + std::chrono::seconds(15);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Closer closer{fd};
  sockaddr_un address{AF_UNIX, {}};
  const auto path = (folder() / "run" / "control.sock").string();
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long a path: " + path);
  path.copy(address.sun_path, path.size());
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no control socket\n" + log());
  const auto line = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}\n";
  if (::send(fd, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    throw std::runtime_error("the server doesn't listen");
  const auto answer =
      read_until(fd, until, [](const std::string& text) { return !text.empty() && text.back() == '\n'; });
  const auto json = Poco::JSON::Parser().parse(answer).extract<Poco::JSON::Object::Ptr>();
  if (json->has("error")) return "error: " + json->getObject("error")->getValue<std::string>("message");
  return json->get("result");
}

Poco::JSON::Object::Ptr HearthdRun::row(const std::string& file) {
  const auto rows = call("plugins.list").extract<Poco::JSON::Array::Ptr>();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    auto row = rows->getObject(static_cast<unsigned>(i));
    if (row->getValue<std::string>("file") == (plugins() / file).string()) return row;
  }
  throw std::runtime_error("no row for " + file);
}

std::string HearthdRun::log() const {
  std::ostringstream text;
  text << std::ifstream(folder() / "log").rdbuf();
  return text.str();
}

}  // namespace hearth::test
