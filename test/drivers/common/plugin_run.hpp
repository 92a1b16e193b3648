// PluginRun: a whole driver on its real thread, loop and inbox; the test stands where home stands.
#ifndef HEARTH_TEST_DRIVERS_PLUGIN_RUN_HPP
#define HEARTH_TEST_DRIVERS_PLUGIN_RUN_HPP

#include <flatbuffers/flexbuffers.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/runtime/plugin_thread.hpp"
#include "hearth/messages.hpp"

namespace hearth::test {

// What came of a request.
struct Answer {
  hearth_status status = HEARTH_OK;
  std::string words;  // of a failure
  DeviceTaken taken;  // of a DeviceWanted
};

// Starts the plugin of this program (its hearth_plugin_entry) and stops it at the end. Waiting has a deadline
// of 10 s, and then throws. [the test's thread]
class PluginRun : private core::Uplink {
 public:
  using Fill = std::function<void(flexbuffers::Builder&)>;

  // `config` fills the configuration's map; `store` is what the plugin saved before.
  explicit PluginRun(std::string id, const Fill& config = {}, std::vector<std::uint8_t> store = {});
  ~PluginRun() override;

  // Its words if it refused to start; empty if it runs.
  std::string refusal() const { return refusal_; }
  void stop();

  Answer command(const std::string& device, const std::string& capability, Value value,
                 std::uint32_t deadline_ms = 8000);
  Answer want(const std::string& address, const std::string& name = {});
  // The same without waiting; the number is for answer().
  std::uint64_t send(const Command& command);
  Answer answer(std::uint64_t request);
  void removed(const std::string& device);

  // ---- What it said so far, by full device id ----
  struct Shown {
    DeviceDeclared declared;
    bool reachable = true;
    std::string reason;
    bool gone = false;
    std::map<std::string, Value> states;
    int declarations = 0;
  };
  void wait(const std::string& what,
            const std::function<bool(const std::map<std::string, Shown>&)>& condition);
  // Waits until the device is shown and `condition` holds of it.
  Shown wait_for(const std::string& device, const std::function<bool(const Shown&)>& condition = {});
  std::map<std::string, Shown> shown();
  std::vector<std::uint8_t> saved();
  std::string log();

 private:
  hearth_status send(core::Message message) override;
  template <class T>
  std::uint64_t request(const T& message);
  void took(const core::Message& message);
  template <class T>
  static bool is(const core::Message& message, T& into);

  std::mutex mutex_;  // guards what both threads see, below
  std::condition_variable changed_;
  std::map<std::string, Shown> shown_;
  std::map<std::uint64_t, Answer> answers_;
  std::map<std::uint64_t, std::uint64_t> subscriptions_;  // type -> handle
  std::vector<std::uint8_t> saved_;
  std::string log_;
  bool started_ = false, ended_ = false, stopped_ = false;

  std::string refusal_;
  std::uint64_t counter_ = 0;
  std::filesystem::path state_dir_;
  std::unique_ptr<core::PluginThread> thread_;
};

}  // namespace hearth::test

#endif
