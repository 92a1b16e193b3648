// PluginThread: one plugin's thread, loop, workers, inbox and table, and the steps of its life on them.
#ifndef HEARTH_CORE_RUNTIME_PLUGIN_THREAD_HPP
#define HEARTH_CORE_RUNTIME_PLUGIN_THREAD_HPP

#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/bus/queue.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/runtime/host_table.hpp"
#include "core/runtime/workers.hpp"

namespace hearth::core {

// What a plugin is started with.
struct PluginSetup {
  std::string id;
  std::uint32_t source = 0;  // its number in message ids; not 0
  std::filesystem::path state_dir;
  std::vector<std::uint8_t> config;  // FlexBuffer
  std::vector<std::uint8_t> store;
  std::size_t workers = 4;
  std::size_t inbox = 4096;  // messages
};

// The steps, in order. A failed kOpened or kCreated is followed by kEnded, a failed kStarted by kStopped and
// kEnded.
enum class PluginStep { kOpened, kCreated, kStarted, kSettled, kStopped, kEnded };

// Starting, stopping and deadlines are the owner's: a step that doesn't come is a plugin that hangs. The
// destructor joins, so destroy it only after kEnded.
class PluginThread : private LoopSource {
 public:
  // [plugin's thread]
  using OnStep = std::function<void(PluginStep, Status)>;
  // [plugin's thread] Opens the library and finds its table.
  using Open = std::function<Result<const hearth_plugin*>()>;

  PluginThread(PluginSetup setup, Uplink& uplink, LogSink log, Extensions extensions, OnStep on_step);
  ~PluginThread() override;

  // Starts the thread: open, create, start.
  void begin(Open open);
  // [any] Stop, wait for the workers, destroy.
  void stop();

  // After kEnded: waits for the thread. Its table may still be called, and says that it is closed.
  void join();

  // [any] Messages to the plugin.
  Queue& inbox() { return inbox_; }
  const Queue& inbox() const { return inbox_; }

  // [any] For supervision.
  std::int64_t busy_since_us() const { return loop_.busy_since_us(); }
  std::int64_t longest_callback_us() const { return loop_.longest_us(); }
  std::int64_t cpu_us() const;

 private:
  bool drain() override;
  bool try_sleep() override;
  void handle(const Message& message);
  void first_steps(const Open& open);
  Status create();
  Status start();
  void abandon();
  void begin_stop();
  void finish();
  Status failure(hearth_status status, std::string_view step) const;

  const PluginSetup setup_;
  const OnStep on_step_;
  EventLoop loop_;
  Queue inbox_;
  Workers workers_;
  HostTable host_;
  std::vector<Message> batch_;
  std::size_t next_ = 0;
  const hearth_plugin* plugin_ = nullptr;
  void* self_ = nullptr;
  bool created_ = false;
  bool running_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hearth::core

#endif
