// HearthdRun: the real server in a process of its own, with folders that end with it.
#ifndef HEARTH_TEST_BAD_PLUGINS_HEARTHD_RUN_HPP
#define HEARTH_TEST_BAD_PLUGINS_HEARTHD_RUN_HPP

#include <Poco/JSON/Object.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace hearth::test {

// A folder of its own under the system's one for temporary files; removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Everything throws in words when it takes longer than its deadline.
class HearthdRun {
 public:
  // The folder that is given to the server as --plugin-dir, to be filled before start; and one for everything
  // else.
  std::filesystem::path plugins() const { return folder_.path() / "plugins"; }
  std::filesystem::path folder() const { return folder_.path(); }

  HearthdRun();
  ~HearthdRun();

  // Starts `program` and waits for its "hearthd ready in N ms". `configuration` is hearth.toml.
  void start(const std::string& program, const std::string& configuration, std::chrono::milliseconds within,
             const std::map<std::string, std::string>& environment = {});
  bool is_running();
  // Sends SIGTERM; the exit status, or none when it took longer. Negative: the signal that ended it.
  std::optional<int> terminate(std::chrono::milliseconds within);

  // The result of a method of the control socket, as JSON; an error's message with "error: " in front.
  Poco::Dynamic::Var call(const std::string& method, const std::string& params = "{}");
  // A plugin's row of plugins.list, by its file's name.
  Poco::JSON::Object::Ptr row(const std::string& file);

  // What it has logged, for INFO.
  std::string log() const;

 private:
  bool exited_within(std::chrono::milliseconds time);

  const TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace hearth::test

#endif
