// RunningHost: a plugin host with a real home, store and loop on a thread of their own.
#ifndef HEARTH_TEST_CORE_HOST_RUNNING_HOST_HPP
#define HEARTH_TEST_CORE_HOST_RUNNING_HOST_HPP

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/host/host.hpp"
#include "test/bad_plugins/hearthd_run.hpp"

namespace hearth::core::test {

// Every wait ends after 20 s with an exception. [the test's thread]
class RunningHost {
 public:
  RunningHost();
  ~RunningHost();

  std::filesystem::path plugins() const { return folder_.path() / "plugins"; }
  std::filesystem::path local() const { return folder_.path() / "local"; }  // made by the test
  std::filesystem::path state_dir() const { return folder_.path() / "state"; }
  // Copies the sample plugin there under that name.
  std::filesystem::path add(const std::string& name = "sample.so");

  // Starts everything that is in the folder, and waits until it is settled.
  void start(const std::string& toml = {});
  void reconfigure(const std::string& toml);
  bool stop();  // true: something is pinned
  // Ends it all and begins anew with the same folders, as a restarted server.
  void restart(const std::string& toml = {});

  Status load(const std::filesystem::path& file);
  Status unload(const std::string& id = "sample") { return change(&PluginHost::unload, id); }
  Status reload(const std::string& id = "sample") { return change(&PluginHost::reload, id); }
  Status enable(const std::string& id = "sample") { return change(&PluginHost::enable, id); }
  Status disable(const std::string& id = "sample") { return change(&PluginHost::disable, id); }

  // What was said at the end of what `begin` has begun.
  Status settled(const std::function<void(PluginHost&, PluginHost::Done)>& begin);

  // By the file's name.
  bool has_row(const std::string& name = "sample.so") { return !find_row(name).isNull(); }
  Poco::JSON::Object::Ptr row(const std::string& name = "sample.so");
  std::string state(const std::string& name = "sample.so");
  std::string reason(const std::string& name = "sample.so");
  std::string volume();            // as the plugin notes it
  std::string health();            // "error 1 and its words"
  DeviceDeclared bell();           // the plugin's device, as home has it
  std::vector<std::string> log();  // so far
  std::size_t copies();            // files in the folder of private copies
  void wait_for(const std::string& state, const std::string& name = "sample.so");
  // Until everything that has happened to files so far was looked at.
  void look();
  // Until `condition`.
  void wait(const std::function<bool()>& condition);
  void on_home(const std::function<void(PluginHost&)>& use);

 private:
  struct House;
  void build();
  Poco::JSON::Object::Ptr find_row(const std::string& name);
  Status change(void (PluginHost::*action)(const std::string&, PluginHost::Done), const std::string& id);

  const hearth::test::TemporaryFolder folder_;
  std::unique_ptr<House> house_;
  int looks_ = 0;
};

}  // namespace hearth::core::test

#endif
