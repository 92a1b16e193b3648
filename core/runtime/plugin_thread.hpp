// PluginThread: one plugin's thread, loop, workers, inbox and table, and the steps of its life on them.
#ifndef HEARTH_CORE_RUNTIME_PLUGIN_THREAD_HPP
#define HEARTH_CORE_RUNTIME_PLUGIN_THREAD_HPP

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/runtime/event_loop.hpp"
#include "core/runtime/host_table.hpp"
#include "core/runtime/plugin_runner.hpp"
#include "core/runtime/workers.hpp"

namespace hearth::core {

// The destructor joins, so destroy it only after kEnded. Steps are told on the plugin's thread.
class PluginThread : public PluginRunner, private LoopSource {
 public:
  // [plugin's thread] Opens the library and finds its table.
  using Open = std::function<Result<const hearth_plugin*>()>;

  // `vitals`, if not null, outlives it.
  PluginThread(PluginSetup setup, Uplink& uplink, LogSink log, Extensions extensions, OnStep on_step,
               Vitals* vitals = nullptr);
  ~PluginThread() override;

  // Starts the thread: open, create, start.
  void begin(Open open);
  // Instead of begin(), in a process of the plugin's own: the calling thread is the plugin's until it has
  // ended.
  void run(Open open);
  EventLoop& loop() { return loop_; }
  // Before begin(): what look_away() promises. Called on the plugin's thread.
  void on_waking(std::function<void()> tell) { loop_.on_waking(std::move(tell)); }

  void stop() override;
  bool kill() override { return false; }
  // Its table may still be called, and says that it is closed.
  void join() override;
  Queue& inbox() override { return inbox_; }
  const Queue& inbox() const override { return inbox_; }
  pid_t pid() const override { return 0; }
  std::int64_t busy_since_us() const override { return loop_.busy_since_us(); }
  bool look_away() override { return loop_.look_away(); }
  std::int64_t longest_callback_us() const override { return loop_.longest_us(); }
  std::int64_t cpu_us() const override;
  std::uint64_t refused() const override { return loop_.vitals().refused.load(std::memory_order_relaxed); }

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
