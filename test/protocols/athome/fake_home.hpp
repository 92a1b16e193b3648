// FakeHome: the plugin on its real thread, with the other end of the bus in the hands of a test.
#ifndef HEARTH_TEST_PROTOCOLS_ATHOME_FAKE_HOME_HPP
#define HEARTH_TEST_PROTOCOLS_ATHOME_FAKE_HOME_HPP

#include <boost/json/value.hpp>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/runtime/plugin_thread.hpp"
#include "hearth/codec.hpp"

namespace hearth::test {

class FakeHome : private core::Uplink {
 public:
  struct Options {
    std::vector<std::string> allow;
    int max_connections = 1024;
    int request_timeout_s = 10;
  };

  FakeHome();
  explicit FakeHome(const Options& options);
  ~FakeHome() override;

  // Where the plugin listens.
  const std::string& address() const { return address_; }

  // Each returns when the plugin has taken note.
  void declare(const DeviceDeclared& device);
  void remove(const std::string& device);
  void report(const StateChanged& state);
  void announce(const PluginState& plugin);

  // What comes of commands: by default the state follows and they are ok. Nothing to say: no answer.
  std::function<std::optional<CommandDone>(const Command&)> on_command;
  std::function<Result<DeviceTaken>(const DeviceWanted&)> on_wanted;
  std::vector<Command> commands();
  std::vector<DeviceWanted> wishes();

  // A connection of its own for each: sends `bytes`, reads until the server closes.
  std::string raw(std::string_view bytes);
  // The same as JSON; null if it isn't.
  boost::json::value ask(std::string_view request);

 private:
  hearth_status send(core::Message message) override;
  template <class T>
  void publish(const T& fact, bool retained, std::uint64_t only_to = 0);
  void carry_out(const core::Message& request);
  void answer_wish(const core::Message& request);
  template <class T>
  void answer(const core::Message& request, const T& message);
  void refuse(const core::Message& request, const Error& error);
  void fence();
  void standing_facts(const core::Message& subscription);

  std::mutex mutex_;  // tests and the plugin's thread
  std::map<std::string, DeviceDeclared> devices_;
  std::map<std::pair<std::string, std::string>, StateChanged> states_;
  std::multimap<hearth_type, std::uint64_t> subscriptions_;
  std::vector<Command> commands_;
  std::vector<DeviceWanted> wishes_;
  std::uint64_t counter_ = 0;
  std::string address_;
  std::promise<std::string> listening_;
  std::promise<void> passed_, ended_;
  std::unique_ptr<core::PluginThread> thread_;
};

// A bulb that can do everything, number 1, "simulated:bulb", off.
DeviceDeclared bulb();
// A plug, number 2, "tplink:plug".
DeviceDeclared plug();

}  // namespace hearth::test

#endif
